# make demo   builds the release and simulates the first scenario
# make test   runs every test
# make exhaustive  runs those that look at every state a crash can leave, with all states: minutes
# make check  formatting, and equal digests of every shipped scenario
# make check-debug  equal digests of how they begin, in release and in debug
# make fuzz   random bytes for every decoder: make fuzz SECONDS=600 SEED=7
# make swarm  random worlds against what must hold in any: make swarm SEEDS=1..500 JOBS=2
# make bench  speed, as ratios to reference programs

SWIFT_FLAGS := --explicit-target-dependency-import-check error
# One optimised build serves the product and the tests, which look inside.
RELEASE := -c release -Xswiftc -enable-testing $(SWIFT_FLAGS)
DRSIM := .build/release/drsim

.PHONY: demo test tests exhaustive check check-debug fuzz swarm bench format release packages clean

demo: release
	$(DRSIM) run scenarios/first-look.json --out out/first-look

# Two commands, since a test that builds does so with flags of its own, and the product would be built twice.
tests: packages
	swift build $(RELEASE) --build-tests

test: tests
	swift test $(RELEASE) --skip-build

exhaustive: tests
	DRSIM_EXHAUSTIVE=1 swift test $(RELEASE) --skip-build --filter 'Crash|Durable|ComparisonKey|RedoLogFile|ReplicaDamage'

check: release
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	./.ci/check-determinism

check-debug: release
	swift build --product drsim $(SWIFT_FLAGS)
	./.ci/check-determinism --debug

SECONDS := 60
SEED := 1
fuzz: packages
	swift build $(RELEASE) --product Fuzz
	.build/release/Fuzz --seconds $(SECONDS) --seed $(SEED)

SEEDS := 1..500
JOBS := 2
swarm: release
	$(DRSIM) fuzz --seeds $(SEEDS) --jobs $(JOBS) --minimize --out out/swarm

bench: packages
	swift build $(RELEASE) --product Benchmarks
	for name in hold laws flows tracking memory storage schedule fleet; do .build/release/Benchmarks $$name || exit 1; done

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

release: packages
	swift build $(RELEASE) --product drsim

# SQLite, zlib and LZ4 with their headers; installed where apt-get is at hand and one is missing.
packages:
	@./.ci/install-packages libsqlite3-dev:sqlite3.h zlib1g-dev:zlib.h liblz4-dev:lz4.h

clean:
	rm -rf .build out
