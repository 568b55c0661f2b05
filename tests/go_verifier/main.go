// Checks an export of ours with Go's golang.org/x/mod/sumdb/note and tlog, which we did not write.
//
//	verifier -key VKEY [-export FOLDER] [-older CHECKPOINT] [-proof FILE]
//
// Prints "accepted" and exits 0, or "rejected: why" and exits 1. Formats: https://c2sp.org/tlog-tiles,
// https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-proof
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

func main() {
	key := flag.String("key", "", "verifier key of this shard")
	export := flag.String("export", "", "folder of a shard")
	older := flag.String("older", "", "an earlier checkpoint of this shard")
	proof := flag.String("proof", "", "a tlog-proof of an entry of this shard")
	flag.Parse()
	if err := run(*key, *export, *older, *proof); err != nil {
		fmt.Println("rejected:", err)
		os.Exit(1)
	}
	fmt.Println("accepted")
}

func run(key, export, older, proof string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	if export != "" {
		if err := checkExport(verifier, export, older); err != nil {
			return err
		}
	}
	if proof != "" {
		return checkProof(verifier, proof)
	}
	return nil
}

// openTree gives the tree of a signed checkpoint, whose origin must be the name of the key.
func openTree(verifier note.Verifier, signed []byte) (tree tlog.Tree, err error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, errors.New("not a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func checkExport(verifier note.Verifier, folder, older string) error {
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openTree(verifier, signed)
	if err != nil {
		return err
	}
	records, stored, err := readEntries(folder, tree.N)
	if err != nil {
		return err
	}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		return fmt.Errorf("the entries do not give the signed root (%v)", err)
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if narrower := tree.N>>(height*tile.L) > tile.N*width+int64(tile.W) && tile.W < width; narrower {
			continue // NewTiles names every width; an export has that of its size
		}
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(filepath.Join(folder, path(tile))); err != nil || !bytes.Equal(got, want) {
			return fmt.Errorf("%s is not the tile of the entries (%v)", path(tile), err)
		}
	}
	tiles := tlog.TileHashReader(tree, files(folder))
	for _, n := range []int64{0, tree.N / 2, tree.N - 1} {
		proved, err := tlog.ProveRecord(tree.N, n, tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proved, tree.N, tree.Hash, n, tlog.RecordHash(records[n])); err != nil {
			return err
		}
	}
	if older == "" {
		return nil
	}
	return checkConsistency(verifier, tree, tiles, older)
}

func checkConsistency(verifier note.Verifier, tree tlog.Tree, tiles tlog.HashReader, older string) error {
	signed, err := os.ReadFile(older)
	if err != nil {
		return err
	}
	old, err := openTree(verifier, signed)
	if err != nil {
		return err
	}
	if old.N > tree.N {
		return errors.New("an earlier checkpoint is larger: the log was cut")
	}
	proved, err := tlog.ProveTree(tree.N, old.N, tiles)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proved, tree.N, tree.Hash, old.N, old.Hash)
}

// readEntries gives the entries from the bundles, and the hashes in the order in which tlog stores them.
func readEntries(folder string, size int64) (records [][]byte, stored []tlog.Hash, err error) {
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n := int64(0); n*width < size; n++ {
		count := size - n*width
		if count > width {
			count = width
		}
		tile := tlog.Tile{H: height, L: -1, N: n, W: int(count)}
		data, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return nil, nil, err
		}
		for ; count > 0; count-- {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, nil, errors.New("an entry bundle ends too early")
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			hashes, err := tlog.StoredHashes(int64(len(records)), data[2:end], reader)
			if err != nil {
				return nil, nil, err
			}
			records, stored, data = append(records, data[2:end]), append(stored, hashes...), data[end:]
		}
		if len(data) != 0 {
			return nil, nil, errors.New("an entry bundle has more than its entries")
		}
	}
	return records, stored, nil
}

func checkProof(verifier note.Verifier, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	if !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return errors.New("not a tlog-proof with its entry")
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(lines[2][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	var steps tlog.RecordProof
	for _, line := range lines[3:] {
		step, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		steps = append(steps, step)
	}
	tree, err := openTree(verifier, signed)
	if err != nil {
		return err
	}
	if index >= tree.N {
		return errors.New("the index is beyond the tree")
	}
	return tlog.CheckRecord(steps, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

// path is that of C2SP tlog-tiles: Go's, without the height, and "entries" for "data".
func path(tile tlog.Tile) string {
	name := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(name, "data/", "entries/", 1)
}

// files reads tiles from a folder; the hash reader of tlog holds each against the signed root.
type files string

func (folder files) Height() int { return height }

func (folder files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		read, err := os.ReadFile(filepath.Join(string(folder), path(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

func (folder files) SaveTiles([]tlog.Tile, [][]byte) {}
