# SPDX-License-Identifier: MIT
# The header of a test: lines "# key: words" before the first line that is no comment. header KEY prints the words of all
# lines with that key.
header() {
	sed -n "/^#/!q; s/^# $1: *//p"
}
