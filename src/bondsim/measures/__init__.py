"""What a researcher would compute from a world: functions of state or tables, without side effects."""
