package web

import (
	"fmt"
	"net/url"
	"strconv"
)

// pagePath is the path of one page of a list.
func (p Pager) pagePath(page int) string {
	if page <= 1 {
		return p.Path
	}
	return p.Path + "?page=" + strconv.Itoa(page)
}

// signInPath leads back to where one was.
func signInPath(next string) string {
	if next == "" || next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

func joinPath(next string) string {
	if next == "" || next == "/" {
		return "/join"
	}
	return "/join?next=" + url.QueryEscape(next)
}

// postPath is where something is done with a post.
func postPath(id int64, what string) string { return fmt.Sprintf("/posts/%d/%s", id, what) }
