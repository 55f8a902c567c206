#!/bin/sh
# A pre-commit hook, or a step of a pipeline: no fixture with a credential in plain text, or sealed under another key, gets
# into the repository. Needs CLOUDCRUISE_ENCRYPTION_KEY (that of the test workspace), and the fixtures as arguments or in
# fixtures/. Install with: ln -s ../../examples/preflight/pre-commit.sh .git/hooks/pre-commit
set -eu
[ $# -gt 0 ] || set -- fixtures/*.json
exec npx --no-install credseal preflight "$@"
