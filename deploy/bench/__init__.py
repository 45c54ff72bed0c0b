"""Measured claims: `zhizhu bench NAME`. Gates are ratios taken in one run; milliseconds are printed beside them."""
