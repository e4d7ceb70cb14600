package prose

// chunk is how many elements an arena asks for at a time.
const chunk = 2048

// arena hands out short slices that live as long as one comparison, cut from
// long ones. The zero value is ready.
type arena[T any] struct{ free []T }

// take gives a slice of n zero values that nothing else shares.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		a.free = make([]T, max(n, chunk))
	}
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}
