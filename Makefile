# make demo   builds the release and simulates the first scenario
# make test   runs every test
# make check  formatting, and equal digests of every shipped scenario
# make fuzz   random bytes for every decoder: make fuzz SECONDS=600 SEED=7
# make swarm  random worlds against what must hold in any: make swarm SEEDS=1..500 JOBS=2
# make bench  speed, as ratios to reference programs

SWIFT_FLAGS := --explicit-target-dependency-import-check error
DRSIM := .build/release/drsim

.PHONY: demo test check fuzz swarm bench format release packages clean

demo: release
	$(DRSIM) run scenarios/first-look.json --out out/first-look

test: packages
	swift test $(SWIFT_FLAGS)

check: release
	swift build --product drsim $(SWIFT_FLAGS)
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	./.ci/check-determinism

SECONDS := 60
SEED := 1
fuzz: packages
	swift build -c release --product Fuzz $(SWIFT_FLAGS)
	.build/release/Fuzz --seconds $(SECONDS) --seed $(SEED)

SEEDS := 1..500
JOBS := 2
swarm: release
	$(DRSIM) fuzz --seeds $(SEEDS) --jobs $(JOBS) --minimize --out out/swarm

bench: packages
	swift build -c release --product Benchmarks $(SWIFT_FLAGS)
	for name in hold laws flows tracking memory storage schedule fleet; do .build/release/Benchmarks $$name || exit 1; done

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

release: packages
	swift build -c release --product drsim $(SWIFT_FLAGS)

# SQLite, zlib and LZ4 with their headers; installed where apt-get is at hand and one is missing.
packages:
	@./.ci/install-packages libsqlite3-dev:sqlite3.h zlib1g-dev:zlib.h liblz4-dev:lz4.h

clean:
	rm -rf .build out
