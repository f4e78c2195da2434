#!/usr/bin/perl
# Tic-tac-toe over TCP, one thread, one loop, one port: perl server.pl PORT
#
# A message is a line. Requests: "X 5" puts X into the cell 5 (1 to 9, in reading order); "look"; "again".
# Answers: "board 1 2 3 4 X 6 7 8 9" (a free cell shows its number), "winner X board ...", "draw board ...", "no: reason".
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my $longest = 512;    # bytes of a request

my @lines = ([1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 4, 7], [2, 5, 8], [3, 6, 9], [1, 5, 9], [3, 5, 7]);

my (@board, $turn, $over);

sub start {
    @board = (undef, 1 .. 9);
    $turn  = 'X';
    $over  = 0;
}

sub show {
    return 'board ' . join(' ', @board[1 .. 9]);
}

sub has_won {
    my ($player) = @_;
    for my $line (@lines) {
        return 1 if 3 == grep { $board[$_] eq $player } @$line;
    }
    return 0;
}

sub move {
    my ($player, $cell) = @_;
    return 'no: the game is over'       if $over;
    return 'no: the players are X, O'   if $player ne 'X' and $player ne 'O';
    return 'no: it is not your turn'    if $player ne $turn;
    return 'no: the cells are 1 to 9'   if $cell !~ /^[1-9]$/;
    return 'no: that cell is taken'     if $board[$cell] =~ /[XO]/;
    $board[$cell] = $player;
    if (has_won($player)) {
        $over = 1;
        return "winner $player " . show();
    }
    if (not grep { /[1-9]/ } @board[1 .. 9]) {
        $over = 1;
        return 'draw ' . show();
    }
    $turn = $player eq 'X' ? 'O' : 'X';
    return show();
}

sub answer {
    my ($line) = @_;
    $line =~ s/\r$//;
    if ($line eq 'look') {
        return show();
    }
    if ($line eq 'again') {
        start();
        return show();
    }
    my @words = split ' ', $line;
    return 'no: say a player and a cell, look or again' if @words != 2;
    return move(@words);
}

start();
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 256, ReuseAddr => 1)
    or die "cannot listen: $!\n";
$listener->blocking(0);
my $readers = IO::Select->new($listener);
my $writers = IO::Select->new;              # clients with unsent answers; nothing is read from them meanwhile
my (%in, %out, %skipping);

sub drop {
    my ($client) = @_;
    $readers->remove($client);
    $writers->remove($client);
    delete $in{$client};
    delete $out{$client};
    delete $skipping{$client};
    close $client;
}

sub flush_client {
    my ($client) = @_;
    my $sent = syswrite $client, $out{$client};
    if (not defined $sent) {
        return drop($client) if not $!{EAGAIN};
        $sent = 0;
    }
    substr($out{$client}, 0, $sent) = '';
    if ($out{$client} eq '') {
        $writers->remove($client);
        $readers->add($client);
    }
    else {
        $readers->remove($client);
        $writers->add($client);
    }
}

sub receive {
    my ($client) = @_;
    my $count = sysread $client, $in{$client}, 4096, length $in{$client};
    return if not defined $count and $!{EAGAIN};
    return drop($client) if not $count;
    while ($in{$client} =~ s/^([^\n]*)\n//) {
        # The end of a line that was refused already has no answer of its own.
        $out{$client} .= answer($1) . "\n" if not delete $skipping{$client};
    }
    if (length $in{$client} > $longest) {
        $out{$client} .= "no: the line is too long\n" if not $skipping{$client};
        $skipping{$client} = 1;
        $in{$client} = '';
    }
    flush_client($client) if $out{$client} ne '';
}

while (1) {
    my ($readable, $writable) = IO::Select->select($readers, $writers);
    flush_client($_) for @{ $writable || [] };
    for my $socket (@{ $readable || [] }) {
        if ($socket != $listener) {
            receive($socket);
        }
        elsif (my $client = $listener->accept) {
            $client->blocking(0);
            $in{$client} = $out{$client} = '';
            $readers->add($client);
        }
    }
}
