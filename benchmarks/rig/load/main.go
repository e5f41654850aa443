// Command rigload is the load generator, the mock engine and the relay of the benchmark rig.
//
// All are single-threaded epoll loops with hand-written HTTP/1.1, because on a machine with two
// cores generator and mock share one and must cost less than the proxy they measure. Linux only.
package main

import (
	"fmt"
	"os"
)

const usage = `rigload mock [flags]   mock engine on many loopback addresses
rigload load [flags]   open- or closed-loop load on one address, JSON report on stdout
rigload relay [flags]  copies bytes between clients and engines and reads none: the floor of a proxied connection

Add -h to see the flags.`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	var err error
	switch os.Args[1] {
	case "mock":
		err = runMock(os.Args[2:])
	case "load":
		err = runLoad(os.Args[2:])
	case "relay":
		err = runRelay(os.Args[2:])
	default:
		err = fmt.Errorf("unknown subcommand %q\n%s", os.Args[1], usage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rigload:", err)
		os.Exit(1)
	}
}
