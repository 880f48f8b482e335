"""`python -m bondsim`: the same as the command `bondsim`."""

from __future__ import annotations

import sys

from bondsim.cli import main

sys.exit(main())
