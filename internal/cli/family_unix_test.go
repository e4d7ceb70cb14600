//go:build unix

package cli

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestWatchEndsChildren: what the command of --exec started ends with it, when
// it is over and when it is interrupted.
func TestWatchEndsChildren(t *testing.T) {
	alive := func(pid int) bool { return syscall.Kill(pid, 0) == nil && !zombie(pid) }
	for name, command := range map[string]string{
		"left-behind": "sleep 1000 >/dev/null 2>&1 & echo child $!; echo over",
		"deaf":        "trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo child $!; echo over; wait",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watchProject(t, map[string]string{"characters/mira.yaml": mira}, "--exec", command)
			got := w.until("over\n")
			_, after, _ := strings.Cut(got, "child ")
			pid, err := strconv.Atoi(strings.Fields(after)[0])
			if err != nil {
				t.Fatalf("no child in %s", got)
			}
			w.interrupts <- os.Interrupt
			<-w.ended
			await(t, func() bool { return !alive(pid) })
		})
	}
}

// zombie reports a process that has ended and that nobody has waited for.
func zombie(pid int) bool {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(data), ") Z ")
}
