# SPDX-License-Identifier: MIT
# A listener on a free port of the loopback address, visited by a child of its own.
use strict;
use warnings;
use Socket;

socket(my $listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
bind($listener, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
listen($listener, 1) or die "listen: $!";
my ($port) = unpack_sockaddr_in(getsockname($listener));
my $child = fork() // die "fork: $!";
if (!$child) {
	socket(my $visitor, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
	connect($visitor, pack_sockaddr_in($port, INADDR_LOOPBACK)) or die "connect: $!";
	syswrite($visitor, "hello\n");
	exit 0;
}
accept(my $peer, $listener) or die "accept: $!";
sysread($peer, my $text, 64);
print "the service was told: $text";
waitpid($child, 0);
