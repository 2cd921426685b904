package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Hash is the SHA-256 of posts and their labels in their order, whatever the
// layout of their files. The second reader's weights record it.
func Hash(posts []Post) (string, error) {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(posts); err != nil {
		return "", fmt.Errorf("hash the corpus: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
