"""What a researcher would compute: functions of state or tables, without side effects."""
