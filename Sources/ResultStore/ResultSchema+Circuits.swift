extension ResultSchema {
  /// What circuits carried; what is derived of it (`circuit_statistics`) is of the measured time.
  static let circuits = """
    -- Of each circuit what leaves its site ('forward') and what arrives there ('backward'), of all links over it.
    CREATE TABLE circuits (
      run INTEGER NOT NULL REFERENCES runs, circuit INTEGER NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('forward', 'backward')),
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      bin_width_ns INTEGER NOT NULL,
      PRIMARY KEY (run, circuit, direction)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE circuit_use (
      run INTEGER NOT NULL, circuit INTEGER NOT NULL, direction TEXT NOT NULL, bin INTEGER NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      carried_bytes INTEGER NOT NULL, -- for replication and for others
      capacity_bytes INTEGER NOT NULL,
      saturated_ns INTEGER NOT NULL,
      PRIMARY KEY (run, circuit, direction, bin),
      FOREIGN KEY (run, circuit, direction) REFERENCES circuits
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE circuit_statistics (
      run INTEGER NOT NULL, circuit INTEGER NOT NULL, direction TEXT NOT NULL,
      observed_ns INTEGER NOT NULL,
      measured_bytes INTEGER NOT NULL, -- carried after the warm-up
      mean_bps INTEGER NOT NULL,
      p95_bps INTEGER NOT NULL,
      maximum_bps INTEGER NOT NULL,
      capacity_mean_bps INTEGER NOT NULL,
      capacity_maximum_bps INTEGER NOT NULL,
      saturated_ns INTEGER NOT NULL,
      PRIMARY KEY (run, circuit, direction),
      FOREIGN KEY (run, circuit, direction) REFERENCES circuits
    ) STRICT, WITHOUT ROWID;


    """
}
