/// The tables of a result database.
///
/// All tables are `STRICT`. Whole numbers are in base units and end in them: `_ns` since the start of the run, `_bytes`,
/// `_bps`; the fields of the REST contract in `replication_info` keep the contract's units and end in those. No time
/// of day is stored but the contract's, which the scenario's clock gives. Rows are numbered from zero within their run, in the order of the record.
///
/// Facts: `runs`, `vms`, `replication_info`, `disks`, `instances`,
/// `replication_gaps`, `cycles`, `links`, `link_use`, `link_traffic`, `circuits`, `circuit_use`, `site_losses`, `site_loss_vms`, `stale_copies`,
/// `datastores`, `vsan_datastores`, `faults`, `fault_vms`, `events`, and the tables of ``recovery`` and ``expectations``. Derived by the program, so that a
/// question needs no interval arithmetic in SQL: `lag_segments` (whole run), `violations` and `lag_statistics` and
/// `link_statistics` (measured time). The views answer the common questions.
enum ResultSchema {
  /// "drsr", in the header of the file at byte 68.
  ///
  /// - Source: `PRAGMA application_id`; the file format's place for it is SQLite's "Database File Format", section 1.3.
  static let applicationID: Int32 = 0x6472_7372
  /// Raised with every change that an older reader would misread.
  static let version = 8

  static var statements: String { replication + circuits + losses + recovery + expectations }

  /// The run, its machines, links and datastores, and what happened to them.
  private static let replication = """
    CREATE TABLE runs (
      run INTEGER PRIMARY KEY,
      scenario_name TEXT NOT NULL,
      scenario_title TEXT,
      scenario_hash TEXT NOT NULL,
      seed INTEGER NOT NULL, -- two's complement: a seed of 2^63 or more is negative here
      version TEXT NOT NULL,
      duration_ns INTEGER NOT NULL,
      warm_up_ns INTEGER NOT NULL,
      digest TEXT NOT NULL CHECK (length(digest) = 16),
      event_count INTEGER NOT NULL,
      mismatched_instance_count INTEGER NOT NULL,
      vcenter_event_bytes_per_sync INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE vms (
      run INTEGER NOT NULL REFERENCES runs,
      vm INTEGER NOT NULL,
      name TEXT NOT NULL,
      final_status TEXT NOT NULL,
      rpo_ns INTEGER NOT NULL, -- 0 where there is none: its storage follows each write
      protected_from_ns INTEGER NOT NULL, -- when the replication was configured
      protected_to_ns INTEGER NOT NULL,
      written_bytes INTEGER NOT NULL,
      verified_instance_count INTEGER NOT NULL,
      guest_delay_count INTEGER NOT NULL, -- how often the guest waited for copies into the demand log
      guest_delay_ns INTEGER NOT NULL,
      guest_delay_maximum_ns INTEGER NOT NULL,
      replica_peak_bytes INTEGER NOT NULL,
      point_in_time_count INTEGER NOT NULL, -- recoverable at the end, the newest included
      restart_count INTEGER NOT NULL, -- after a failure or isolation of its host
      reset_count INTEGER NOT NULL, -- because its guest gave no heartbeat
      without_host_ns INTEGER NOT NULL, -- how long it was to run and no host ran it
      PRIMARY KEY (run, vm)
    ) STRICT, WITHOUT ROWID;

    -- What the REST interface would tell at the end of the run, in the units of its contract.
    CREATE TABLE replication_info (
      run INTEGER NOT NULL, vm INTEGER NOT NULL,
      rpo_minutes INTEGER NOT NULL,
      last_sync_time_ms INTEGER, -- since 1970
      last_sync_duration_s INTEGER,
      last_sync_size_bytes INTEGER,
      current_rpo_violation_minutes INTEGER NOT NULL,
      sync_progress_percent INTEGER CHECK (sync_progress_percent BETWEEN 0 AND 100), -- null, as the next four, if idle
      checksum_current_bytes INTEGER CHECK ((checksum_current_bytes IS NULL) = (sync_progress_percent IS NULL)),
      checksum_total_bytes INTEGER CHECK ((checksum_total_bytes IS NULL) = (sync_progress_percent IS NULL)),
      transferred_current_bytes INTEGER CHECK ((transferred_current_bytes IS NULL) = (sync_progress_percent IS NULL)),
      transferred_total_bytes INTEGER CHECK ((transferred_total_bytes IS NULL) = (sync_progress_percent IS NULL)),
      mpit_enabled INTEGER NOT NULL CHECK (mpit_enabled IN (0, 1)),
      mpit_instances INTEGER CHECK ((mpit_instances IS NOT NULL) = mpit_enabled), -- per day
      mpit_days INTEGER CHECK ((mpit_days IS NOT NULL) = mpit_enabled),
      quiescing_enabled INTEGER NOT NULL CHECK (quiescing_enabled IN (0, 1)),
      network_compression_enabled INTEGER NOT NULL CHECK (network_compression_enabled IN (0, 1)),
      encryption_enabled INTEGER NOT NULL CHECK (encryption_enabled IN (0, 1)),
      enhanced_replication INTEGER NOT NULL CHECK (enhanced_replication IN (0, 1)),
      host_state TEXT NOT NULL, -- what the source host tells, as in the VI API
      group_state TEXT NOT NULL, -- what the replication server tells, as in vCloud Availability
      PRIMARY KEY (run, vm),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE disks (
      run INTEGER NOT NULL, vm INTEGER NOT NULL, disk INTEGER NOT NULL,
      name TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      PRIMARY KEY (run, vm, disk),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE instances (
      run INTEGER NOT NULL, vm INTEGER NOT NULL, instance INTEGER NOT NULL,
      point_in_time_ns INTEGER NOT NULL,
      completed_ns INTEGER NOT NULL,
      PRIMARY KEY (run, vm, instance),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    -- When there was no replication: from the recovery or removal of a replica until a later replication began.
    CREATE TABLE replication_gaps (
      run INTEGER NOT NULL, vm INTEGER NOT NULL, gap INTEGER NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER, -- null if none began
      PRIMARY KEY (run, vm, gap),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cycles (
      run INTEGER NOT NULL, cycle INTEGER NOT NULL,
      vm INTEGER NOT NULL,
      sequence INTEGER NOT NULL, -- among the cycles of the machine
      kind TEXT NOT NULL CHECK (kind IN ('fullSync', 'delta')),
      outcome TEXT NOT NULL CHECK (outcome IN ('completed', 'aborted', 'inFlight')),
      abort_reason TEXT CHECK ((abort_reason IS NOT NULL) = (outcome = 'aborted')),
      started_ns INTEGER NOT NULL,
      ended_ns INTEGER NOT NULL,
      payload_bytes INTEGER NOT NULL,
      wire_bytes INTEGER NOT NULL,
      checksummed_bytes INTEGER NOT NULL,
      preserved_extent_count INTEGER NOT NULL,
      configuration_bytes INTEGER NOT NULL, -- of wire_bytes
      demand_log_peak_bytes INTEGER NOT NULL,
      consistency TEXT NOT NULL CHECK (consistency IN ('crash', 'fileSystem', 'application')),
      vcenter_start_event TEXT, -- both null where a row of events stands for it
      vcenter_end_event TEXT,
      PRIMARY KEY (run, cycle),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cycles_by_vm ON cycles (run, vm, sequence);

    CREATE TABLE lag_segments (
      run INTEGER NOT NULL, vm INTEGER NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      lag_at_start_ns INTEGER NOT NULL, -- grows by one each nanosecond until to_ns
      PRIMARY KEY (run, vm, from_ns),
      FOREIGN KEY (run, vm) REFERENCES vms,
      CHECK (from_ns < to_ns)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lag_statistics (
      run INTEGER NOT NULL, vm INTEGER NOT NULL,
      observed_ns INTEGER NOT NULL,
      not_replicated_ns INTEGER NOT NULL, -- between a recovery and the next replication; no part of observed_ns
      unprotected_ns INTEGER NOT NULL,
      violation_ns INTEGER NOT NULL,
      violation_count INTEGER NOT NULL,
      lag_maximum_ns INTEGER, -- null, as the others, for a machine without an instance
      lag_maximum_at_ns INTEGER,
      lag_mean_ns INTEGER,
      lag_median_ns INTEGER,
      lag_p95_ns INTEGER,
      lag_p99_ns INTEGER,
      PRIMARY KEY (run, vm),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE faults (
      run INTEGER NOT NULL REFERENCES runs, fault INTEGER NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      reaches_all INTEGER NOT NULL CHECK (reaches_all IN (0, 1)), -- whether it can touch every machine
      PRIMARY KEY (run, fault)
    ) STRICT, WITHOUT ROWID;

    -- The machines whose replication a fault can touch, of faults that do not reach all.
    CREATE TABLE fault_vms (
      run INTEGER NOT NULL, fault INTEGER NOT NULL, vm INTEGER NOT NULL,
      PRIMARY KEY (run, fault, vm),
      FOREIGN KEY (run, fault) REFERENCES faults,
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE violations (
      run INTEGER NOT NULL, violation INTEGER NOT NULL,
      vm INTEGER NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
      lag_maximum_ns INTEGER NOT NULL,
      PRIMARY KEY (run, violation),
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE violation_faults (
      run INTEGER NOT NULL, violation INTEGER NOT NULL,
      relation TEXT NOT NULL CHECK (relation IN ('during', 'before')),
      fault INTEGER NOT NULL,
      PRIMARY KEY (run, violation, fault),
      FOREIGN KEY (run, violation) REFERENCES violations,
      FOREIGN KEY (run, fault) REFERENCES faults
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE links (
      run INTEGER NOT NULL REFERENCES runs, link INTEGER NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('forward', 'backward')),
      name TEXT NOT NULL,
      source TEXT NOT NULL,
      target TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      bin_width_ns INTEGER NOT NULL,
      PRIMARY KEY (run, link, direction)
    ) STRICT, WITHOUT ROWID;

    -- What else a link carried, and what it carried in vain.
    CREATE TABLE link_traffic (
      run INTEGER NOT NULL, link INTEGER NOT NULL, direction TEXT NOT NULL,
      background_bytes INTEGER NOT NULL, -- of others, beside the carried_bytes of replication
      damaged_frame_count INTEGER NOT NULL, -- frames that arrived with a checksum that did not fit
      wasted_bytes INTEGER NOT NULL, -- carried for replication and carried again, part of carried_bytes
      PRIMARY KEY (run, link, direction),
      FOREIGN KEY (run, link, direction) REFERENCES links
    ) STRICT, WITHOUT ROWID;

    \(useTables(of: "link"))
    CREATE TABLE datastores (
      run INTEGER NOT NULL REFERENCES runs, datastore INTEGER NOT NULL,
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      capacity_bytes INTEGER, -- null where room is no limit
      used_bytes INTEGER NOT NULL, -- at the end
      used_peak_bytes INTEGER NOT NULL,
      used_peak_share_ppb INTEGER, -- of the capacity that could be used then, in parts per billion; null without one
      PRIMARY KEY (run, datastore),
      CHECK (used_bytes <= used_peak_bytes)
    ) STRICT, WITHOUT ROWID;

    -- Of a datastore that is vSAN; its sizes in datastores are raw then, with copies and parity.
    CREATE TABLE vsan_datastores (
      run INTEGER NOT NULL, datastore INTEGER NOT NULL,
      object_count INTEGER NOT NULL, -- this and all to inaccessible_object_count at the end of the run
      component_count INTEGER NOT NULL,
      absent_count INTEGER NOT NULL, -- components out of reach, whose content may come back
      degraded_count INTEGER NOT NULL, -- components whose content is gone, or which found no place
      stale_count INTEGER NOT NULL, -- components in reach that are not up to date
      reduced_object_count INTEGER NOT NULL, -- usable, without all of their redundancy
      inaccessible_object_count INTEGER NOT NULL,
      rebuilt_count INTEGER NOT NULL, -- this and the following in the whole run
      repaired_extent_count INTEGER NOT NULL,
      resynced_bytes INTEGER NOT NULL,
      reduced_object_peak INTEGER NOT NULL, -- the most at a time; and how long there was at least one
      reduced_ns INTEGER NOT NULL,
      inaccessible_object_peak INTEGER NOT NULL,
      inaccessible_ns INTEGER NOT NULL,
      unplaced_component_peak INTEGER NOT NULL, -- to be made anew or to catch up, and without a place
      unplaced_ns INTEGER NOT NULL,
      alert_peak INTEGER NOT NULL, -- thresholds of use passed together
      alert_ns INTEGER NOT NULL,
      alert_count INTEGER NOT NULL, -- alerts in the whole run
      PRIMARY KEY (run, datastore),
      FOREIGN KEY (run, datastore) REFERENCES datastores
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      run INTEGER NOT NULL REFERENCES runs, event INTEGER NOT NULL,
      at_ns INTEGER NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL,
      vcenter_event TEXT, -- what the source posted to vCenter with it
      PRIMARY KEY (run, event)
    ) STRICT, WITHOUT ROWID;

    -- One row per machine: did it keep its RPO, and what did that cost?
    CREATE VIEW v_vm_summary AS
    SELECT
      vms.run, vms.vm, vms.name, vms.final_status, vms.rpo_ns,
      (SELECT sum(size_bytes) FROM disks WHERE disks.run = vms.run AND disks.vm = vms.vm) AS size_bytes,
      lag_mean_ns, lag_median_ns, lag_p95_ns, lag_p99_ns, lag_maximum_ns, lag_maximum_at_ns,
      violation_count, violation_ns, unprotected_ns, observed_ns, not_replicated_ns,
      CAST(observed_ns - violation_ns - unprotected_ns AS REAL) / nullif(observed_ns, 0) AS compliance_share,
      count(cycle) FILTER (WHERE outcome = 'completed') AS completed_cycle_count,
      count(cycle) FILTER (WHERE outcome = 'aborted') AS aborted_cycle_count,
      count(cycle) FILTER (WHERE kind = 'fullSync') AS full_sync_count,
      coalesce(sum(payload_bytes), 0) AS payload_bytes,
      coalesce(sum(wire_bytes), 0) AS wire_bytes,
      coalesce(sum(checksummed_bytes), 0) AS checksummed_bytes,
      coalesce(sum(configuration_bytes), 0) AS configuration_bytes,
      coalesce(max(demand_log_peak_bytes), 0) AS demand_log_peak_bytes,
      written_bytes, verified_instance_count,
      guest_delay_count, guest_delay_ns, guest_delay_maximum_ns, replica_peak_bytes, point_in_time_count,
      restart_count, reset_count, without_host_ns
    FROM vms
    JOIN lag_statistics USING (run, vm)
    LEFT JOIN cycles USING (run, vm)
    GROUP BY vms.run, vms.vm;

    -- One row per link and direction: how full was it? All is of the measured time but carried_bytes, of the whole run.
    CREATE VIEW v_link_summary AS
    SELECT
      run, link, direction, name, source, target,
      mean_bps, p95_bps, maximum_bps, capacity_mean_bps, capacity_maximum_bps,
      CAST(mean_bps AS REAL) / nullif(capacity_mean_bps, 0) AS use_share,
      CAST(saturated_ns AS REAL) / nullif(observed_ns, 0) AS saturated_share,
      measured_bytes,
      (SELECT coalesce(sum(carried_bytes), 0) FROM link_use
        WHERE link_use.run = links.run AND link_use.link = links.link AND link_use.direction = links.direction)
        AS carried_bytes,
      observed_ns
    FROM links JOIN link_statistics USING (run, link, direction);

    -- One row per event that sources posted to vCenter; bytes is the argument of a completed sync.
    CREATE VIEW v_vcenter_events AS
    SELECT run, started_ns AS at_ns, vms.name AS subject, vcenter_start_event AS vcenter_event, NULL AS bytes
    FROM cycles JOIN vms USING (run, vm) WHERE vcenter_start_event IS NOT NULL
    UNION ALL
    SELECT run, ended_ns, vms.name, vcenter_end_event, wire_bytes
    FROM cycles JOIN vms USING (run, vm) WHERE vcenter_end_event IS NOT NULL
    UNION ALL
    SELECT run, at_ns, subject, vcenter_event, NULL FROM events WHERE vcenter_event IS NOT NULL;

    -- One row per run: what its completed syncs, full syncs included, add to the events that vCenter keeps.
    CREATE VIEW v_vcenter_event_size AS
    SELECT
      runs.run, count(cycle) AS sync_count, count(cycle) * vcenter_event_bytes_per_sync AS vcenter_event_bytes
    FROM runs LEFT JOIN cycles ON cycles.run = runs.run AND outcome = 'completed'
    GROUP BY runs.run;

    -- One row per violation, with its machine and the faults around it.
    CREATE VIEW v_violations AS
    SELECT
      violations.run, violation, vms.name, vms.rpo_ns, from_ns, to_ns, to_ns - from_ns AS duration_ns,
      is_open, lag_maximum_ns,
      (SELECT group_concat(name, ', ') FROM violation_faults JOIN faults USING (run, fault)
        WHERE violation_faults.run = violations.run AND violation_faults.violation = violations.violation
          AND relation = 'during') AS faults_during,
      (SELECT group_concat(name, ', ') FROM violation_faults JOIN faults USING (run, fault)
        WHERE violation_faults.run = violations.run AND violation_faults.violation = violations.violation
          AND relation = 'before') AS faults_before
    FROM violations JOIN vms USING (run, vm);


    """
}
