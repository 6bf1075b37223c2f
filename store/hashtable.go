package store

// hashTable maps 64-bit hashes to numbers, several where hashes meet. It only
// nominates: whoever asks compares what the numbers stand for. It holds no
// pointers and takes 8 bytes a slot, so that ten million events fit beside
// everything else. Its parts grow one by one, each by a quarter, so that growing
// never needs a second copy of the whole. Numbers are above 0.
type hashTable struct {
	parts [hashParts][]hashSlot
	used  [hashParts]int
}

type hashSlot struct{ tag, value uint32 }

const (
	hashParts     = 256 // the part is the highest byte of the hash
	hashPartStart = 16
)

// each calls yield with every number stored under the hash, until it returns
// false.
func (t *hashTable) each(h uint64, yield func(value uint32) bool) {
	slots := t.parts[h>>56]
	tag := uint32(h)
	for i := home(tag, len(slots)); len(slots) > 0 && slots[i].value != 0; {
		if slots[i].tag == tag && !yield(slots[i].value) {
			return
		}
		if i++; i == len(slots) {
			i = 0
		}
	}
}

func (t *hashTable) add(h uint64, value uint32) {
	p := h >> 56
	if t.used[p] >= len(t.parts[p])/8*7 {
		t.grow(int(p))
	}
	t.used[p]++
	place(t.parts[p], hashSlot{uint32(h), value})
}

func (t *hashTable) grow(p int) {
	old := t.parts[p]
	t.parts[p] = make([]hashSlot, max(hashPartStart, len(old)/4*5))
	for _, s := range old {
		if s.value != 0 {
			place(t.parts[p], s)
		}
	}
}

func (t *hashTable) clear() {
	for p := range t.parts {
		clear(t.parts[p])
		t.used[p] = 0
	}
}

func place(slots []hashSlot, s hashSlot) {
	i := home(s.tag, len(slots))
	for slots[i].value != 0 {
		if i++; i == len(slots) {
			i = 0
		}
	}
	slots[i] = s
}

// home is where the probing of a tag begins among n slots.
func home(tag uint32, n int) int { return int(uint64(tag) * uint64(n) >> 32) }
