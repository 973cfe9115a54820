# What deploy/up and deploy/down share, to be sourced: where things are, and how a program is started, found and stopped.
#   REEVE_RUN        folder of everything that the suite writes (run)
#   REEVE_BUILD      folder of the build (build/default)
#   REEVE_ANCHORS    folder of the signed heads of the audit chains, one folder in it per engine (the desk's)
#   REEVE_ANCHOR_KEY file of the key that signs them, mode 0600 (anchor.key of the desk)
#   REEVE_PORT_BASE  identity listens at this + 1, account + 2, ... their metrics 100 above (7000)
# shellcheck shell=bash

readonly services=(identity account billing payment work_order case311)
readonly run=${REEVE_RUN:-$PWD/run}
readonly build=${REEVE_BUILD:-$PWD/build/default}
readonly port_base=${REEVE_PORT_BASE:-7000}
readonly prometheus_port=$((port_base + 190))
readonly postgres_port=$((port_base + 432))

# Those who use them do so from other folders.
if [[ -n ${REEVE_ANCHORS:-} ]]; then
  REEVE_ANCHORS=$(realpath -m "$REEVE_ANCHORS")
  export REEVE_ANCHORS
fi
if [[ -n ${REEVE_ANCHOR_KEY:-} ]]; then
  REEVE_ANCHOR_KEY=$(realpath -m "$REEVE_ANCHOR_KEY")
  export REEVE_ANCHOR_KEY
fi

# When a process began: a pid alone may be somebody else's by now.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# pid_of NAME: prints the pid of a program that we started and that still runs.
pid_of() {
  local pid since
  read -r pid since 2>/dev/null <"$run/pids/$1" || return 1
  [[ -n $since && $(began "$pid") == "$since" ]] && echo "$pid"
}

# start NAME COMMAND...: runs it in the background, its output in the log.
start() {
  local name=$1
  shift
  mkdir -p "$run/pids" "$run/log"
  setsid "$@" >>"$run/log/$name.log" 2>&1 </dev/null &
  echo "$! $(began $!)" >"$run/pids/$name"
}

# stop NAME...: asks them to end, all at once, and ends whoever has not after half a minute.
stop() {
  local name pid pids=()
  for name in "$@"; do
    pid=$(pid_of "$name") || continue
    kill -TERM "$pid"
    pids+=("$pid")
    rm -f "$run/pids/$name"
  done
  for _ in {1..300}; do
    for pid in "${pids[@]}"; do
      [[ -d /proc/$pid ]] && sleep 0.1 && continue 2
    done
    return 0
  done
  for pid in "${pids[@]}"; do
    if [[ -d /proc/$pid ]]; then
      echo "process $pid did not end in time and was killed" >&2
      kill -KILL -- "-$pid"
    fi
  done
}

# The services before their stores.
stop_suite() {
  stop prometheus "${services[@]}"
  stop redis
  deploy/postgres stop "$run"
}
