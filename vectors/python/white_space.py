"""White space as README.md has it: Python's own has others, and lacks the last one."""

import re

WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def trimmed(text):
    return re.sub(f"\\A[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\Z", "", text)
