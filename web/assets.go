package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed static
var files embed.FS

// StaticFile is a file a browser may keep for ever: its path changes with its
// bytes.
type StaticFile struct {
	Bytes []byte
	Type  string // content type
}

// sheets is the style sheet's parts, in the order they apply.
var sheets = []string{"tokens", "base", "layout", "frame", "talk", "own", "form", "care", "queue", "print"}

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

type shelf struct {
	paths map[string]string     // name → hashed path
	files map[string]StaticFile // hashed path → file
}

func (s *shelf) put(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	p := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	s.paths[name] = p
	s.files[p] = StaticFile{Bytes: data, Type: kinds[ext]}
}

var assets = sync.OnceValue(func() *shelf {
	s := &shelf{paths: map[string]string{}, files: map[string]StaticFile{}}
	read := func(name string) []byte {
		data, err := files.ReadFile("static/" + name)
		if err != nil {
			panic(fmt.Sprintf("read embedded file: %v", err)) // the file is compiled in
		}
		return data
	}
	for _, name := range []string{
		"atkinson.woff2", "atkinson-licence.txt", "icon.svg",
		"leave.js", "draft.js", "form.js", "time.js", "queue.js", "passkey.js",
	} {
		s.put(name, read(name))
	}
	var sheet strings.Builder
	for _, part := range sheets {
		sheet.Write(read("css/" + part + ".css"))
		sheet.WriteByte('\n')
	}
	// The style sheet comes last: it names the font by its hashed path.
	css := strings.ReplaceAll(sheet.String(), `url("atkinson.woff2")`, `url("`+s.paths["atkinson.woff2"]+`")`)
	s.put("site.css", []byte(css))
	return s
})

// Asset is the path under which a static file is served, with a hash of its bytes
// in it. It panics on a name that doesn't exist, so that a page's test finds it.
func Asset(name string) string {
	p, ok := assets().paths[name]
	if !ok {
		panic("no static file " + name)
	}
	return p
}

// Static is every static file by its path. All of them may be cached for ever.
func Static() map[string]StaticFile { return assets().files }
