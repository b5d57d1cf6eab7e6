import BlockStorage
import Testing

@Suite struct XXH64Tests {
  @Test(arguments: [
    ("", 0xef46_db37_51d8_e999 as UInt64), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
    ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
  ])
  func `Texts have their published hashes`(text: String, hash: UInt64) {
    #expect(Array(text.utf8).withUnsafeBytes { xxh64($0) } == hash)
  }

  /// The buffer of xxHash's own sanity check, and its hashes without seed and with seed 2654435761.
  @Test(arguments: [
    (0, 0xef46_db37_51d8_e999 as UInt64, 0xac75_fda2_929b_17ef as UInt64),
    (1, 0xe934_a84a_db05_2768, 0x5014_6076_43a9_b4c3),
    (4, 0x9136_a0dc_a574_57ee, 0xcaab_286b_d8e9_fdb5),
    (8, 0xcdbc_f538_e71d_1348, 0xfe0c_047a_5353_cdac),
    (14, 0x8282_dcc4_994e_35c8, 0xc3bd_6bf6_3deb_6df0),
    (32, 0x18b2_1649_2bb4_4b70, 0xb3f3_3bdf_93ad_e409),
    (63, 0xa9ef_be0f_a0f3_f4e7, 0x6c91_1fad_b05b_6fc2),
    (222, 0xb641_ae8c_b691_c174, 0x20cb_8ab7_ae10_c14a),
    (2_048, 0x5940_f275_2bc0_4387, 0xaa26_f33c_2898_013b),
  ])
  func `The sanity buffer has its published hashes`(length: Int, plain: UInt64, seeded: UInt64) {
    var generator: UInt64 = 2_654_435_761
    var buffer: [UInt8] = []
    for _ in 0..<length {
      buffer.append(UInt8(generator >> 56))
      generator &*= 11_400_714_785_074_694_797
    }
    buffer.withUnsafeBytes {
      #expect(xxh64($0) == plain)
      #expect(xxh64($0, seed: 2_654_435_761) == seeded)
    }
    // The same at an odd address.
    ([0] + buffer).withUnsafeBytes {
      #expect(xxh64(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) == plain)
    }
  }
}
