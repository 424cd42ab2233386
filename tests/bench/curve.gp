# SPDX-License-Identifier: BSD-2-Clause
# Logins per second over requests in flight. usage: gnuplot -e "data='FILE'; plot='FILE'" curve.gp

set terminal svg noenhanced size 800,500 font "sans-serif,14" background rgb "white"
set output plot
set datafile missing "-"
set title "Search and bind, 5 ms round trip to the directory"
set xlabel "requests in flight"
set ylabel "logins per second"
set logscale x 2
set yrange [0:*]
set grid
set key right bottom
set style data linespoints
plot data using 1:3 title "ceiling: the same operations, no helper" lc rgb "#888888" pt 6, \
     data using 1:2 title "basic-ldap, one process" lc rgb "#0060c0" lw 2 pt 7, \
     data using 1:4 title "Squid's basic_ldap_auth, a process for each" lc rgb "#c04000" pt 5
