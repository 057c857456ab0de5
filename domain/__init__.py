"""Pure rules: no I/O, no clock, no framework, nothing of ours from other layers."""
