"""Cross-patient injections against phiward, and against any other gateway. See docs/leak_suite.md.

python bench/leak.py [--peers] [--smoke] [--families] [--json]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from leak.run import main

if __name__ == "__main__":
    sys.exit(main())
