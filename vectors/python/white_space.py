"""White space, and what is not seen at all, as README.md has them: Python's own white space is another."""

import re

WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
# Unicode's Default_Ignorable_Code_Point, without the joiners U+200C and U+200D.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)


def trimmed(text):
    return re.sub(f"\\A[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\Z", "", text)
