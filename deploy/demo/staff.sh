# How the demo's people act, to be sourced: `by maria drawer open --drawer 1` shows the command and its screen.
# shellcheck shell=bash

# Signs people in, if they are not.
sign_in() {
  local login
  for login in "$@"; do
    reevectl --as "$login" whoami >/dev/null 2>&1 ||
      reevectl sign-in "$login" <<<"$login-of-the-demo-city" >/dev/null
  done
}

# by LOGIN COMMAND...: the person's command and what the screen shows.
by() {
  local login=$1
  shift
  printf '  %s$ reevectl %s\n' "$login" "${*@Q}" | sed "s/'\([A-Za-z0-9=_.,:/+-]*\)'/\1/g"
  reevectl --as "$login" "$@" | sed 's/^/    | /'
}

# quietly LOGIN COMMAND...: the same without a screen, unless it is refused.
quietly() {
  local login=$1 screen
  shift
  screen=$(reevectl --as "$login" "$@") || { printf '%s$ reevectl %s\n%s\n' "$login" "$*" "$screen" >&2 && return 1; }
}

# refused REASON LOGIN COMMAND...: as `by`, for what must be refused, and for this reason.
refused() {
  local reason=$1 screen
  shift
  if screen=$(by "$@"); then
    printf '%s\nThis should have been refused: %s\n' "$screen" "$reason" >&2
    return 1
  fi
  echo "$screen"
  grep -qxF "    | refused: $reason" <<<"$screen" || { echo "This should have been refused as $reason." >&2 && return 1; }
}

# answer PATH: a field of the last answer.
answer() { reevectl last "$1"; }

# acknowledge LOGIN RUN REASON: all that the guard found of a run, none of which hinders its signature.
acknowledge() {
  local count number
  quietly "$1" cycle show --run "$2"
  count=$(answer finding_count || true)
  for ((number = 1; number <= ${count:-0}; ++number)); do
    quietly "$1" cycle acknowledge --run "$2" --finding "$number" --reason "$3"
  done
}

# await PATH VALUE LOGIN COMMAND...: asks again until a field of the answer has the value, at most a minute.
await() {
  local path=$1 value=$2 login=$3
  shift 3
  for _ in {1..300}; do
    if reevectl --as "$login" "$@" >/dev/null && [[ $(answer "$path" 2>/dev/null) == "$value" ]]; then return; fi
    sleep 0.2
  done
  echo "Waited a minute for $path to be $value: $*" >&2
  by "$login" "$@"
  return 1
}

# The city's clock; the services look at it every 50 ms.
clock() { reevectl demo clock "$1" "$2" >/dev/null && sleep 0.1; }

# dollars CENTS
dollars() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }
