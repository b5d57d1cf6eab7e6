#!/usr/bin/env python3
"""Writes a scenario: one plan of N machines in N/8 groups moves, is turned round, and loses a site.

    plan-of-2000.py 2000 > /tmp/plan-2000.json

With the names of runs (test, cleanup, move, turn), these and nothing else, of machines that do hardly anything.

    plan-of-2000.py 2000 test cleanup > /tmp/plan-test.json
"""
import json
import sys

machines = int(sys.argv[1])
groups = machines // 8
runs = {
    "test": {"do": "plan.test", "syncData": True}, "cleanup": {"do": "plan.cleanup"},
    "move": {"do": "plan.recover"}, "turn": {"do": "plan.reprotect"}}
chosen = sys.argv[2:]
timeline = [
    {"id": name, **({"after": chosen[index - 1], "delay": "5m"} if index else {"at": "1h"}), **runs[name], "plan": "RP"}
    for index, name in enumerate(chosen)] or [
        {"id": "move", "at": "1h", **runs["move"], "plan": "RP"},
        {"id": "turn", "after": "move", "delay": "5m", **runs["turn"], "plan": "RP"},
        {"id": "fire", "at": "20h", "do": "site.fail", "site": "lyon", "for": "3h"},
        {"id": "save", "at": "20h10m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery"}]
work = {"write": "10kB/s", "workingSet": "32MiB"} if not chosen else {"write": "1kB/s"}
disk = {"size": "1GiB", "used": "64MiB"} if not chosen else {"size": "1MiB", "used": "1MiB"}
site = {"hosts": 64, "replicationServers": 10, "networks": ["prod"]}
print(json.dumps({
    "format": 1, "name": f"plan-of-{machines}", "limits": "relaxed", "clock": {"duration": "3h" if chosen else "30h"},
    "sites": [
        {"name": "paris", **site, "datastores": [{"name": "ds-paris", "capacity": "1000TiB"}]},
        {"name": "lyon", **site, "datastores": [{"name": "ds-lyon", "capacity": "1000TiB"}]}],
    "links": [{"name": "wan", "between": ["paris", "lyon"], "bandwidth": "10Gbps", "latency": "5ms"}],
    "workloads": {"calm": {
        "model": "uniform", "blockSize": "8KiB", **work}},
    "vms": [{
        "name": "vm-{0001..%04d}" % machines, "site": "paris", "datastore": "ds-paris", "network": "prod",
        "boot": "40s", "shutdown": "20s",
        "disks": [{"name": "os", **disk, "workload": "calm"}]}],
    "replications": [
        {"vm": "vm-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "24h" if chosen else "4h", "initialSync": "done"}],
    "mappings": {"from": "paris", "to": "lyon", "reverse": True},
    "protectionGroups": [
        {"name": "PG-%03d" % (group + 1), "vms": ["vm-{%04d..%04d}" % (group * 8 + 1, group * 8 + 8)]}
        for group in range(groups)],
    "recoveryPlans": [{"name": "RP", "groups": ["PG-%03d" % (group + 1) for group in range(groups)]}],
    "timeline": timeline,
}))
