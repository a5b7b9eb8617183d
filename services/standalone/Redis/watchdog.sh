# Keeps a redis-server exactly as long as whoever started this script lives. Standard input is a pipe that nobody writes
# to: it ends when its other side is closed, on purpose or because the process there is gone, however it went. Then
# Redis is told to save and end, and after that killed.
# Arguments: the redis-server to run, its configuration file, how many twentieths of a second it gets to end.
exec 3<&0 </dev/null
"$1" "$2" 3<&- &
redis=$!
(
    while read -r _ <&3; do :; done
    # From here on it ends between two sleeps only, so that none of them is left behind.
    trap 'exit 0' TERM
    kill -TERM "$redis"
    waited=0
    while [ "$waited" -lt "$3" ] && kill -0 "$redis"; do
        sleep 0.05
        waited=$((waited + 1))
    done
    kill -KILL "$redis"
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$redis"
code=$?
kill "$watcher" 2>/dev/null
wait "$watcher"
exit "$code"
