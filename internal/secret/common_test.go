package secret

import "testing"

func TestCommon(t *testing.T) {
	for password, want := range map[string]bool{
		"password123": true, "p4ssw0rd123!": true, "pa55word2024": true, "1234567890": true, "12345678901": true, "0987654321": true,
		"qwertyuiop": true, "qwertyuiop123": true, "poiuytrewq": true, "1q2w3e4r5t": true, "aaaaaaaaaa": true, "abcabcabcabc": true,
		"iloveyou2023": true, "i love you 2023": true, "snowdrop2026": true, "snowdrop-midwife": true, "!!!midwives!!!": true,
		"passwordpassword": true, "stillbirth1": true, "letmein letmein": true, "welcome12345": true, "sunshine princess": true,
		"rememberhope": true, "correct horse battery staple": true, "ab1ab1ab1ab1": true, "abcdefghij": true,

		"three small snowdrops": false, "a quiet long one": false, "a long enough one": false, "kettle velvet harbour": false,
		"gh7!kd92mz0x": false, "моя тихая гавань": false, "安静的港湾里有三只小船": false, "plum gravel teapot": false, "correct-horse-lamp": false,
		"three words i will remember": false, "": false,
	} {
		if got := Common(password); got != want {
			t.Errorf("Common(%q) = %v, want %v", password, got, want)
		}
	}
}
