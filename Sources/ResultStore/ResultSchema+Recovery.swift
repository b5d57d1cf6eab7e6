extension ResultSchema {
  /// The runs of recovery plans: `plan_runs`, `plan_steps`, `plan_findings`, `plan_critical_path`, `plan_vms`, `plan_vm_cards`, and
  /// `v_plan_addresses` and `v_plan_summary` over them.
  static let recovery = """
    CREATE TABLE plan_runs (
      run INTEGER NOT NULL REFERENCES runs, plan_run INTEGER NOT NULL,
      run_key INTEGER NOT NULL, -- from 1 in each pair of sites
      id TEXT, -- of the timeline entry that started it
      plan TEXT NOT NULL,
      protected_site TEXT NOT NULL, -- when it started
      recovery_site TEXT NOT NULL,
      user TEXT NOT NULL,
      workflow TEXT NOT NULL, -- such as disaster-recovery
      operation_type TEXT NOT NULL CHECK (operation_type IN ('TEST', 'CLEANUP', 'FAILOVER', 'REPROTECT')),
      result TEXT NOT NULL CHECK (result IN ('SUCCESS', 'WARNINGS', 'ERRORS', 'CANCELLED', 'RUNNING')),
      plan_status TEXT NOT NULL, -- right after the run
      started_ns INTEGER NOT NULL,
      ended_ns INTEGER NOT NULL,
      recovery_time_ns INTEGER, -- until the last machine was ready; null if it brought up none
      PRIMARY KEY (run, plan_run),
      CHECK (started_ns <= ended_ns)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE plan_steps (
      run INTEGER NOT NULL, plan_run INTEGER NOT NULL, step INTEGER NOT NULL,
      step_number TEXT NOT NULL, -- such as 1.2.1
      title TEXT NOT NULL,
      depth INTEGER NOT NULL CHECK (depth >= 0),
      status TEXT NOT NULL,
      started_ns INTEGER, -- null, as the next, if it did not
      finished_ns INTEGER,
      PRIMARY KEY (run, plan_run, step),
      FOREIGN KEY (run, plan_run) REFERENCES plan_runs
    ) STRICT, WITHOUT ROWID;

    -- Errors and warnings.
    CREATE TABLE plan_findings (
      run INTEGER NOT NULL, plan_run INTEGER NOT NULL, finding INTEGER NOT NULL,
      step INTEGER, -- null for what the run as a whole reports
      severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
      text TEXT NOT NULL,
      PRIMARY KEY (run, plan_run, finding),
      FOREIGN KEY (run, plan_run) REFERENCES plan_runs,
      FOREIGN KEY (run, plan_run, step) REFERENCES plan_steps
    ) STRICT, WITHOUT ROWID;

    -- The chain of steps that determined the recovery time, which their durations add up to.
    CREATE TABLE plan_critical_path (
      run INTEGER NOT NULL, plan_run INTEGER NOT NULL, position INTEGER NOT NULL,
      step_number TEXT NOT NULL,
      title TEXT NOT NULL,
      duration_ns INTEGER NOT NULL,
      queued_ns INTEGER NOT NULL, -- of it waiting for its turn
      PRIMARY KEY (run, plan_run, position),
      FOREIGN KEY (run, plan_run) REFERENCES plan_runs
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE plan_vms (
      run INTEGER NOT NULL, plan_run INTEGER NOT NULL, position INTEGER NOT NULL, -- by group and member
      vm INTEGER NOT NULL, -- as in vms, which holds it if this product replicates it
      name TEXT NOT NULL,
      protection_group TEXT NOT NULL,
      status TEXT NOT NULL,
      ready_ns INTEGER, -- null unless this run brought it there
      instance_ns INTEGER, -- when the instance that it runs on was taken
      data_loss_ns INTEGER CHECK (data_loss_ns IS NULL OR data_loss_ns >= 0),
      -- Where its addresses come from; null in a run that brings up no machines.
      ip_customization TEXT
        CHECK (ip_customization IN ('AUTO', 'NETWORK_MAPPING_LEVEL', 'MANUAL', 'NO_CUSTOMIZATION')),
      PRIMARY KEY (run, plan_run, position),
      FOREIGN KEY (run, plan_run) REFERENCES plan_runs
    ) STRICT, WITHOUT ROWID;

    -- The network cards of the copies that a run has made, as their guests have set them when it ended.
    CREATE TABLE plan_vm_cards (
      run INTEGER NOT NULL, plan_run INTEGER NOT NULL, position INTEGER NOT NULL, -- as in plan_vms
      card INTEGER NOT NULL CHECK (card >= 0), -- from 0
      network TEXT, -- null if it is not connected
      ipv4 TEXT, -- such as 10.2.7.9/16, or dhcp; null, as the others, if nothing is known
      gateways TEXT, -- several between semicolons, as in the other lists
      ipv6 TEXT,
      ipv6_gateways TEXT,
      name_servers TEXT,
      name_suffixes TEXT,
      wins_servers TEXT,
      origin TEXT NOT NULL CHECK (origin IN ('UNCHANGED', 'SUBNET_RULE', 'MANUAL')),
      rule TEXT, -- the subnet rule
      PRIMARY KEY (run, plan_run, position, card),
      FOREIGN KEY (run, plan_run, position) REFERENCES plan_vms,
      CHECK ((origin = 'SUBNET_RULE') = (rule IS NOT NULL))
    ) STRICT, WITHOUT ROWID;

    -- One row per network card of a machine that a run of a plan has brought up.
    CREATE VIEW v_plan_addresses AS
    SELECT
      card.run, card.plan_run, plan_runs.plan, plan_runs.workflow, plan_vms.name AS vm, card.card, card.network,
      card.ipv4, card.gateways, card.ipv6, card.ipv6_gateways, card.name_servers, plan_vms.ip_customization,
      card.origin, card.rule
    FROM plan_vm_cards AS card JOIN plan_vms USING (run, plan_run, position) JOIN plan_runs USING (run, plan_run);

    -- Each error and warning once: what a run reports of its steps is told with the step.
    CREATE VIEW v_plan_findings AS
    SELECT run, plan_run, severity, step_number, title, text
    FROM plan_findings AS finding LEFT JOIN plan_steps USING (run, plan_run, step)
    WHERE step IS NOT NULL OR text NOT IN (
      SELECT other.text FROM plan_findings AS other
      WHERE other.run = finding.run AND other.plan_run = finding.plan_run AND other.severity = finding.severity
        AND other.step IS NOT NULL);

    -- One row per run of a plan: how long did it take, and what was lost?
    CREATE VIEW v_plan_summary AS
    SELECT
      plan_runs.run, plan_run, id, plan, workflow, result, plan_status, started_ns, ended_ns,
      ended_ns - started_ns AS duration_ns, recovery_time_ns,
      count(position) AS vm_count, count(ready_ns) AS ready_vm_count, max(data_loss_ns) AS data_loss_maximum_ns,
      (SELECT count(*) FROM v_plan_findings AS told
        WHERE told.run = plan_runs.run AND told.plan_run = plan_runs.plan_run AND severity = 'error')
        AS error_count,
      (SELECT count(*) FROM v_plan_findings AS told
        WHERE told.run = plan_runs.run AND told.plan_run = plan_runs.plan_run AND severity = 'warning')
        AS warning_count
    FROM plan_runs LEFT JOIN plan_vms USING (run, plan_run)
    GROUP BY plan_runs.run, plan_run;
    """
}
