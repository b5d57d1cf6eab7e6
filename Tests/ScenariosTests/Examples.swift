/// Scenarios that several tests read.
enum Examples {
  /// The smallest scenario there is.
  static let minimal =
    #"{ "format": 1, "name": "empty", "clock": { "duration": "1h" }, "sites": [{ "name": "paris" }] }"#

  /// Every kind of object, and most of the keys.
  static let full = #"""
    {
      "$schema": "./drsim-scenario.schema.json",
      "format": 1,
      "name": "two-site-dr",
      "title": "Two sites over 100 Mbit/s",
      "description": "A WAN outage in the morning.",
      "why": "It happened last year.",
      "tags": ["ci", "wan"],
      "seed": 42,
      "clock": { "start": "2025-03-03T06:00:00Z", "duration": "30h", "warmup": "6h" },
      "sites": [
        { "name": "madrid", "hosts": 3,
          "datastores": [{ "name": "vsan-mad", "capacity": "40TiB", "read": "900MB/s", "write": "400MB/s" }],
          "networks": ["prod-100", "prod-200"] },
        { "name": "lisbon", "hosts": [{ "name": "lis-a" }, { "name": "lis-b", "why": "spare" }],
          "replicationServers": 2,
          "datastores": [{ "name": "vsan-lis" }] }
      ],
      "links": [
        { "name": "wan", "between": ["madrid", "lisbon"],
          "bandwidth": { "forward": "100Mbps", "backward": "50Mbps" }, "latency": "18ms",
          "loss": "0.01%", "usable": "90%", "window": "1MiB" },
        { "name": "backup", "between": ["lisbon", "madrid"], "bandwidth": "10Mbps", "latency": "30ms" }
      ],
      "network": { "model": "LV08", "framing": "none" },
      "workloads": {
        "web": { "model": "uniform", "write": "30kB/s", "blockSize": "4KiB", "workingSet": "2GiB" },
        "oltp": { "model": "hotspot", "write": "700kB/s", "blockSize": "8KiB", "workingSet": "20GiB",
                  "offset": "1GiB", "skew": "90/10", "compressed": "30%" },
        "scratch": { "model": "sequential", "write": "4MB/s", "blockSize": "256KiB" },
        "dump": { "model": "periodic", "every": "1h", "size": "1MiB", "first": "30m" },
        "mail": { "model": "trace", "file": "traces/mail01.csv", "format": "csv", "device": 2, "repeat": true }
      },
      "vms": [
        { "name": "db01", "site": "madrid", "datastore": "vsan-mad", "network": "prod-200",
          "host": "madrid-esx-03",
          "disks": [{ "name": "data", "size": "300GiB", "used": "180GiB", "workload": "oltp" },
                    { "name": "tempdb", "size": "60GiB", "workload": "scratch" },
                    { "name": "logs", "size": "10GiB", "workload": "dump" }] },
        { "name": "mail01", "site": "madrid", "datastore": "vsan-mad",
          "disks": [{ "name": "os", "size": "120GiB", "used": "80GiB", "workload": "mail" }] },
        { "name": "web-{09..12}", "site": "madrid", "datastore": "vsan-mad", "network": "prod-100",
          "disks": [{ "name": "os", "size": "40GiB", "used": "12GiB", "workload": "web" }] }
      ],
      "replications": [
        { "vm": "db01", "to": "lisbon", "datastore": "vsan-lis", "rpo": "15m", "exclude": ["tempdb"],
          "initialSync": "done", "via": "wan" },
        { "vm": "mail01", "to": "lisbon", "datastore": "vsan-lis", "rpo": "1h", "initialSync": "seeded",
          "differing": "2.5%", "policy": "fixed", "firstSync": "10m", "safetyFactor": "150%", "via": "wan",
          "compression": true, "encryption": true, "quiescing": "application",
          "pointsInTime": { "perDay": 3, "days": 5 } },
        { "vm": "web-*", "to": "lisbon", "datastore": "vsan-lis", "rpo": "4h", "via": "backup" }
      ],
      "timeline": [
        { "after": "outage.start", "delay": "10m", "do": "workload.scale", "vm": "web-{09..10}", "factor": "200%",
          "for": "1h", "id": "rush" },
        { "at": "9h", "do": "link.down", "link": "wan", "for": "45m", "id": "outage", "why": "the digger" },
        { "after": "outage", "delay": "5m", "do": "replication.sync", "vm": "*1*" },
        { "at": "1h", "do": "link.limit", "link": "wan", "bandwidth": "20Mbps", "for": "1h" },
        { "at": "20h", "do": "host.fail", "host": "madrid-esx-03", "for": "2h" },
        { "at": "9h", "do": "vm.power-off", "vm": "db01" },
        { "at": "21h", "do": "vm.migrate", "vm": "web-09", "host": "madrid-esx-02" },
        { "at": "21h", "do": "vm.trim", "vm": "db01", "disk": "logs", "offset": "1GiB", "size": "2GiB" },
        { "at": "21h", "do": "vm.snapshot", "vm": "web-10" },
        { "at": "21h", "do": "vm.revert", "vm": "web-10" },
        { "at": "21h", "do": "vm.add-disk", "vm": "db01", "disk": "more", "size": "5GiB" },
        { "at": "21h", "do": "vm.resize-disk", "vm": "db01", "disk": "logs", "size": "20GiB" },
        { "at": "22h", "do": "replication.reconfigure", "vm": "db01" },
        { "at": "22h", "do": "replication.test-image", "vm": "mail01", "for": "1h" },
        { "at": "22h", "do": "replication.move", "vm": "mail01", "server": "lisbon-vrs-02" },
        { "at": "22h", "do": "vrserver.fail", "server": "lisbon-vrs-01", "for": "10m" },
        { "at": "23h", "do": "datastore.full", "datastore": "vsan-lis", "for": "10m" },
        { "at": "23h", "do": "datastore.slow", "datastore": "vsan-mad", "factor": "25%", "for": "10m" }
      ],
      "profile": { "product": "7.0", "windowBlock": "update", "hostContexts": 4, "serverRate": "300MB/s",
                   "haRestartDelay": "2m", "estimateHistory": 10, "transferChunk": "1MiB", "mergeRate": "200MB/s" }
    }
    """#
}
