#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Does each mutant still fit the source? Trying them takes minutes and is left
# to continuous integration; that one no longer fits is seen here at once.
exec "$(dirname "$0")/mutants.sh" --patterns
