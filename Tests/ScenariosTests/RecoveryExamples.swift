/// A scenario with two sites, their recovery plan and a story of test, disaster, second run and reprotect.
enum RecoveryExamples {
  static let twoSites = #"""
    {
      "format": 1,
      "name": "two-site-dr",
      "seed": 42,
      "clock": { "duration": "30h", "warmup": "6h" },
      "sites": [
        { "name": "madrid", "hosts": 3,
          "datastores": [{ "name": "vsan-mad", "capacity": "40TiB", "write": "400MB/s" }],
          "networks": ["prod-100", "prod-200"] },
        { "name": "lisbon", "hosts": 2,
          "datastores": [{ "name": "vsan-lis", "capacity": "40TiB", "write": "300MB/s" }],
          "networks": ["dr-100", "dr-200", "test-bubble"] }
      ],
      "links": [
        { "name": "wan", "between": ["madrid", "lisbon"], "bandwidth": "100Mbps", "latency": "18ms" }
      ],
      "workloads": {
        "web": { "model": "uniform", "write": "30kB/s", "blockSize": "4KiB", "workingSet": "2GiB" }
      },
      "vms": [
        { "name": "db01", "site": "madrid", "datastore": "vsan-mad", "network": "prod-100",
          "disks": [{ "name": "data", "size": "300GiB", "workload": "web" }] },
        { "name": "mail01", "site": "madrid", "datastore": "vsan-mad", "network": "prod-100",
          "disks": [{ "name": "os", "size": "120GiB" }] },
        { "name": "web-{01..08}", "site": "madrid", "datastore": "vsan-mad", "network": "prod-200",
          "address": "10.1.0.11", "disks": [{ "name": "os", "size": "40GiB" }] },
        { "name": "lab", "site": "lisbon", "datastore": "vsan-lis", "disks": [{ "name": "os", "size": "1GiB" }] }
      ],
      "replications": [
        { "vm": "db01", "to": "lisbon", "datastore": "vsan-lis", "rpo": "15m" },
        { "vm": "mail01", "to": "lisbon", "datastore": "vsan-lis", "rpo": "1h" },
        { "vm": "web-*", "to": "lisbon", "datastore": "vsan-lis", "rpo": "4h" }
      ],
      "mappings": {
        "networks": { "prod-100": "dr-100", "prod-200": "dr-200" },
        "testNetworks": { "dr-100": "test-bubble", "dr-200": "test-bubble" },
        "placeholders": "vsan-lis"
      },
      "protectionGroups": [
        { "name": "PG-Tier1", "vms": ["db01", "mail01"] },
        { "name": "PG-Web", "vms": ["web-*"] }
      ],
      "recoveryPlans": [
        { "name": "RP-Prod", "from": "madrid", "to": "lisbon", "groups": ["PG-Tier1", "PG-Web"],
          "vms": [
            { "match": "db01", "priority": 1, "toolsTimeout": "5m" },
            { "match": "mail01", "priority": 1, "dependsOn": ["db01"] },
            { "match": "web-*", "priority": 2 }],
          "steps": [
            { "after": "power-on:P1", "type": "PROMPT", "name": "Check the database", "text": "Is db01 consistent?" }] }
      ],
      "timeline": [
        { "at": "9h", "do": "link.down", "link": "wan", "for": "45m", "id": "outage" },
        { "at": "12h", "do": "plan.test", "plan": "RP-Prod", "syncData": true, "prompts": "dismiss", "id": "drill" },
        { "after": "drill", "delay": "10m", "do": "plan.cleanup", "plan": "RP-Prod" },
        { "at": "16h", "do": "site.fail", "site": "madrid", "for": "4h", "id": "disaster" },
        { "after": "disaster.start", "delay": "10m", "do": "plan.recover", "plan": "RP-Prod",
          "mode": "disaster-recovery", "prompts": "dismiss", "id": "failover" },
        { "after": "disaster.end", "delay": "15m", "do": "plan.recover", "plan": "RP-Prod", "id": "rerun" },
        { "after": "rerun", "do": "plan.reprotect", "plan": "RP-Prod", "id": "reprotect" }
      ]
    }
    """#
}
