#!/bin/sh
# Builds the pages that are served beside the API: GraphiQL and the example app. Optional: without them the API still
# runs, and the page says what is missing. A failed build is not tried again until the sources change or `make web` says so.
set -u
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
sources() { find "$1" -type f ! -path '*/node_modules/*' ! -path '*/dist/*' -exec cksum {} + | LC_ALL=C sort -k 3; }
# what Vite asks for
NODE_CHECK='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
new_enough() { command -v npm >/dev/null 2>&1 && node -e "$NODE_CHECK" >/dev/null 2>&1; }

find_npm() {
  PATH="$PATH:$PWD/.venv/bin"
  export PATH
  if new_enough; then return; fi
  say "No npm with Node 20.19 or 22.12 here: taking it from the package index"
  PATH="$PWD/.venv/bin:$PATH"
  sh scripts/setup.sh node && new_enough
}

build() { # source folder, folder of the result
  if [ ! -e "$1/package-lock.json" ]; then return; fi
  key=$({ sources "$1"; sources web/sign_in; cksum schema/schema.graphql 2>/dev/null; } | cksum | tr ' ' -)
  mkdir -p "$2"
  if [ -e "$2/.built-$key" ]; then return; fi
  if [ -e "$2/.failed-$key" ] && [ "${AGAIN:-}" != 1 ]; then
    say "Notice: $1 is not built (an earlier try failed; \`make web\` tries again). The API runs without it."
    return
  fi
  say "Building $1"
  mkdir -p .setup
  log=".setup/build-$(basename "$1").log"
  if (find_npm && cd "$1" && npm ci --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000 && npm run build) >"$log" 2>&1; then
    result=built
  else
    result=failed
    tail -n 5 "$log" >&2 2>/dev/null
    say "Notice: $1 could not be built (details in $log). The API runs without it."
  fi
  mkdir -p "$2"
  rm -f "$2"/.built-* "$2"/.failed-*
  : > "$2/.$result-$key"
}

# beside the installation of Python's packages; Node from the package index has to wait for that
if [ "${EARLY:-}" = 1 ] && ! new_enough; then exit 0; fi
build web/graphiql web/static/graphiql
build examples/spa web/static/app
exit 0
