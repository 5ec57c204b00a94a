"""What a page tells of the measured figures: which lead, what moved and by chance or not, who stands behind them, what was told before."""
