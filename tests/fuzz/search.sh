#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the fuzz targets with one of two engines and lets each search for a given time, one
# after the other. Prints a table of what was executed at the end, also when it is
# interrupted. "make fuzz" and "make fuzz-afl" call this in the folder of the build.
#
# usage: tests/fuzz/search.sh libfuzzer|afl TARGET...     (a TARGET is tests/fuzz/fuzz_NAME)
#
# Environment: srcdir        the top of the sources
#              FUZZ_SECONDS  for each target
#              FUZZ_SOURCES  what the targets are linked with, below srcdir
#              FUZZ_FLAGS    for compiling
#              FUZZ_LIBS     for linking
#              CLANG, AFL_CLANG
#
# Kept in tests/fuzz/found/NAME of the build: inputs that reached something new, which both
# engines begin with the next time. In tests/fuzz/broken/NAME: inputs that broke a promise.
set -euo pipefail

engine=$1
processors=$(nproc)
srcdir=${srcdir:-.}
shift
found=tests/fuzz/found
broken=tests/fuzz/broken
work=tests/fuzz/$engine
corpus=$srcdir/tests/fuzz/corpus
read -ra flags <<<"$FUZZ_FLAGS"
read -ra libs <<<"$FUZZ_LIBS"
read -ra sources <<<"$FUZZ_SOURCES"

# Both engines look for every error that the sanitizers know, and end at the first.
sanitizers=('-fsanitize=address,undefined' -fno-sanitize-recover=all)
case $engine in
libfuzzer)
    compiler=$CLANG
    object_flags=("${sanitizers[@]}" -fsanitize=fuzzer-no-link)
    program_flags=("${sanitizers[@]}" -fsanitize=fuzzer)
    ;;
afl)
    compiler=$AFL_CLANG
    object_flags=("${sanitizers[@]}")
    program_flags=("${sanitizers[@]}" -fsanitize=fuzzer)
    export AFL_QUIET=1
    ;;
*)
    echo "search.sh: the engine is libfuzzer or afl, not $engine" >&2
    exit 2
    ;;
esac
if ! command -v "$compiler" >/dev/null; then
    echo "search.sh: $compiler is not installed; see scripts/install-deps --ci" >&2
    exit 1
fi

# Runs FUNCTION with each of the words, as many at once as there are processors; for functions that
# only compile, since the end of one does not end the others.
at_once() { # FUNCTION WORD...
    local function=$1 word status=0
    shift
    for word in "$@"; do
        while (($(jobs -rp | wc -l) >= processors)); do
            wait -n || status=1
        done
        "$function" "$word" &
    done
    while (($(jobs -p | wc -l) > 0)); do
        wait -n || status=1
    done
    return "$status"
}

object_of() { echo "$work/objects/${1//\//_}.o"; } # SOURCE

# shellcheck disable=SC2317 # at_once calls it
build_object() { # SOURCE
    "$compiler" "${flags[@]}" "${object_flags[@]}" -c -o "$(object_of "$1")" "$srcdir/$1"
}

# All decoders and helpers, instrumented, in one archive; again only after a change.
build_archive() {
    local archive=$work/fuzzed.a source objects=() compiled=()
    if [[ -e $archive && -z $(find config.h "${sources[@]/#/$srcdir/}" -newer "$archive") ]]; then
        return
    fi
    rm -rf "$work/objects"
    mkdir -p "$work/objects"
    for source in "${sources[@]}"; do
        [[ $source == *.c ]] || continue
        compiled+=("$source")
        objects+=("$(object_of "$source")")
    done
    at_once build_object "${compiled[@]}"
    rm -f "$archive"
    ar cr "$archive" "${objects[@]}"
}

# shellcheck disable=SC2317 # at_once calls it
build_target() { # NAME
    "$compiler" "${flags[@]}" "${program_flags[@]}" -o "$work/$1" \
        "$srcdir/tests/fuzz/$1.c" "$work/fuzzed.a" "${libs[@]}"
}

# The dictionary of a target, as an option, if it has one.
dictionary() { # NAME OPTION
    local file=$srcdir/tests/fuzz/dict/$1.dict
    if [[ -e $file ]]; then
        printf '%s' "$2$file"
    fi
}

# Runs a command as a child that a signal to this script ends, too.
child=
run() { # LOG COMMAND...
    local log=$1 status=0
    shift
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    # The trap ends the first wait early; the child has yet to write what it found.
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do
        wait "$child" || status=$?
    done
    child=
    return "$status"
}

search_libfuzzer() { # NAME
    local log=$work/$1.log options=()
    mapfile -t options < <(dictionary "$1" -dict=)
    run "$log" "$work/$1" "-max_total_time=$FUZZ_SECONDS" -timeout=60 -print_final_stats=1 \
        "-artifact_prefix=$broken/$1/" "${options[@]}" "$found/$1" "$corpus/$1" ||
        show_end "$log"
}

# AFL takes one folder of inputs, leaves out empty files, and wants none of its own old
# output. What it is told to be silent about are settings of the kernel that only root changes.
search_afl() { # NAME
    local log=$work/$1.log in=$work/$1.in out=$work/$1.out options=()
    rm -rf "$in" "$out"
    mkdir -p "$in"
    find "$found/$1" "$corpus/$1" -type f -size -1024k -exec cp -t "$in" -- {} +
    mapfile -t options < <(dictionary "$1" -x)
    AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 \
        AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        run "$log" afl-fuzz -V "$FUZZ_SECONDS" -t 60000 -m none -i "$in" -o "$out" \
        "${options[@]}" -- "$work/$1" || show_end "$log"
    keep_afl "$1" "$out/default"
}

# Its queue goes where libFuzzer's does, under names that say what is in them.
keep_afl() { # NAME FOLDER
    local file name
    while IFS= read -r -d '' file; do
        name=$(sha1sum <"$file")
        case $file in
        */queue/*) cp -- "$file" "$found/$1/${name%% *}" ;;
        *) cp -- "$file" "$broken/$1/afl-${name%% *}" ;;
        esac
    done < <(find "$2" -type f -name 'id:*' -print0 2>/dev/null)
}

show_end() { # LOG
    if [[ $interrupted == no ]]; then
        tail -n 40 "$1"
    fi
}

executions() { # NAME
    case $engine in
    libfuzzer) sed -n 's/^stat::number_of_executed_units: *//p' "$work/$1.log" ;;
    afl) sed -n 's/^execs_done *: *//p' "$work/$1.out/default/fuzzer_stats" 2>/dev/null ;;
    esac | tail -n 1
}

rows=()
table() {
    printf '\n| target | engine | seconds | executions |\n|---|---|---:|---:|\n'
    ((${#rows[@]} == 0)) || printf '%s\n' "${rows[@]}"
}

interrupted=no
# shellcheck disable=SC2317 # it is the trap that calls it
interrupt() {
    interrupted=yes
    if [[ -n $child ]]; then
        kill -TERM "$child" 2>/dev/null || true
    fi
}
trap interrupt INT TERM HUP

search() { # NAME
    local begin=$SECONDS count
    mkdir -p "$found/$1" "$broken/$1"
    echo "== $1, $engine, $FUZZ_SECONDS s"
    rm -f "$work/$1.log"
    case $engine in
    libfuzzer) search_libfuzzer "$1" ;;
    afl) search_afl "$1" ;;
    esac
    count=$(executions "$1" || true)
    rows+=("| $1 | $engine | $((SECONDS - begin)) | ${count:-none} |")
    if [[ -z $count && $interrupted == no ]]; then
        failed=1
    fi
}

failed=0
mkdir -p "$work"
build_archive
at_once build_target "${@##*/}"
for target in "$@"; do
    [[ $interrupted == no ]] || break
    search "${target##*/}"
done
table
if [[ -n $(find "$broken" -type f -print -quit) ]]; then
    printf '\nbroken promises:\n'
    find "$broken" -type f
    failed=1
fi
[[ $interrupted == no ]] || exit 130
exit "$failed"
