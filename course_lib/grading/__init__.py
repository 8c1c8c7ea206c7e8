"""Tools for exercises: specs, public cases, the student's check."""
