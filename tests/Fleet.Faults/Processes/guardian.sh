# Ends what the suite started, should the suite itself be gone without having done so. Standard input is a pipe that nobody
# writes to: it ends when its other side is closed, on purpose or because the process there is gone, however it went.
# Arguments: the file with the process ids, one a line; the mark that is in the command line of each of them, so that a
# number that has passed on to somebody else's process is left alone.
trap '' HUP INT TERM
while read -r _; do :; done

words() {
    if [ -r "/proc/$1/cmdline" ]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -ww -o args= -p "$1"; fi
}

# Twice: one may have been on its way when the suite ended.
for _ in 1 2; do
    while read -r pid; do
        case $(words "$pid") in *"$2"*) kill -KILL "$pid" ;; esac
    done <"$1"
    sleep 0.3
done 2>/dev/null
