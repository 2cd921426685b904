package moderation

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDebug(t *testing.T) {
	for _, s := range strings.Split(os.Getenv("T"), "\n") {
		if s == "" {
			continue
		}
		e := shippedEngine()
		d := e.lex.prepare(s)
		e.lex.symbols(d)
		if os.Getenv("V") != "" {
			for i, tk := range d.tokens {
				var n []string
				for _, x := range d.spans[d.first[i]:d.first[i+1]] {
					n = append(n, fmt.Sprintf("%s/%d", e.lex.names[x.sym], x.width))
				}
				fmt.Println(i, s[tk.start:tk.end], tk.brk, n)
			}
		}
		a := e.Assess(s)
		fmt.Println("##", a.Band, "mind", a.Mind, "body", a.Body, a.Tags, "|", s)
		for _, f := range a.Findings {
			fmt.Printf("     %s L%d x%v %q %v\n", f.Rule, f.Level, f.Cancelled, f.Quote, f.Changed)
		}
	}
}
