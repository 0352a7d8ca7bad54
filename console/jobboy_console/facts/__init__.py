"""What the console knows at one moment: plain frozen values, made by the gateway, shown by everything else."""
