// Seals and opens one value in the vault's format, with Go's standard library. It answers the vectors:
// npx credseal vectors verify --exec "go run credseal.go". Traps of Go that are handled here:
//   - encoding/json makes U+FFFD of lone surrogates, and of what is not UTF-8: strings are read here, as UTF-16 units.
//   - hex.DecodeString gives what came before the error: nothing of it is used.
package main

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	sealedForm = regexp.MustCompile(`\A(?:[0-9a-fA-F]{2}){30}(?:[0-9a-fA-F]{2})*\z`)
	keyForm    = regexp.MustCompile(`\A[0-9a-fA-F]{64}\z`)
	stringForm = regexp.MustCompile(`\A[ \t\r\n]*"((?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"[ \t\r\n]*\z`)
	shorts     = map[uint16]string{34: `\"`, 92: `\\`, 8: `\b`, 9: `\t`, 10: `\n`, 12: `\f`, 13: `\r`}
)

// refused is the code of what is refused.
type refused string

// Seal seals a value, given as UTF-16 units. The IV is a parameter for the vectors' sake: else 12 bytes of crypto/rand, always.
func Seal(value []uint16, key, iv []byte, padTo int) string {
	plaintext := writeString(value, false)
	plaintext += strings.Repeat(" ", (padTo-len(plaintext)%padTo)%padTo)
	if text := ascii(value); sealedForm.MatchString(text) && decrypt(text, key) != nil {
		panic(refused("ERR_ALREADY_SEALED"))
	}
	return hex.EncodeToString(gcmOf(key).Seal(iv, iv, []byte(plaintext), nil))
}

// Open opens a sealed value, to UTF-16 units.
func Open(sealed string, key []byte) []uint16 {
	if !sealedForm.MatchString(sealed) {
		panic(refused("ERR_SEALED_FORMAT"))
	}
	if plaintext := decrypt(sealed, key); plaintext != nil {
		return stringIn(plaintext, "ERR_PLAINTEXT_FORMAT")
	}
	panic(refused("ERR_OPEN_FAILED"))
}

func decrypt(sealed string, key []byte) []byte {
	data, _ := hex.DecodeString(sealed)
	plaintext, _ := gcmOf(key).Open(nil, data[:12], data[12:], nil)
	return plaintext
}

func gcmOf(key []byte) cipher.AEAD {
	block, _ := aes.NewCipher(key) // Of 32 bytes: neither fails.
	gcm, _ := cipher.NewGCM(block)
	return gcm
}

// writeString writes UTF-16 units as JSON.stringify does, in UTF-8; with onlyASCII all else is escaped.
func writeString(units []uint16, onlyASCII bool) string {
	var text strings.Builder
	text.WriteByte('"')
	for at := 0; at < len(units); at++ {
		unit := units[at]
		pair := at+1 < len(units) && utf16.DecodeRune(rune(unit), rune(units[at+1])) != utf8.RuneError
		switch {
		case shorts[unit] != "":
			text.WriteString(shorts[unit])
		case pair && !onlyASCII:
			text.WriteRune(utf16.DecodeRune(rune(unit), rune(units[at+1])))
			at++
		case unit < 32 || utf16.IsSurrogate(rune(unit)) || onlyASCII && unit > 126:
			fmt.Fprintf(&text, `\u%04x`, unit)
		default:
			text.WriteRune(rune(unit))
		}
	}
	return text.String() + `"`
}

// stringIn reads a JSON text that is one string, in UTF-8, as UTF-16 units.
func stringIn(text []byte, code refused) (units []uint16) {
	found := stringForm.FindStringSubmatch(string(text))
	if found == nil || !utf8.Valid(text) {
		panic(code)
	}
	for rest := found[1]; rest != ""; {
		if rest[0] != '\\' {
			char, size := utf8.DecodeRuneInString(rest)
			units = append(units, utf16.Encode([]rune{char})...)
			rest = rest[size:]
		} else if rest[1] == 'u' {
			unit, _ := strconv.ParseUint(rest[2:6], 16, 16)
			units, rest = append(units, uint16(unit)), rest[6:]
		} else {
			unit := uint16(rest[1])
			if at := strings.IndexByte("btnfr", rest[1]); at >= 0 {
				unit = uint16("\b\t\n\f\r"[at])
			}
			units, rest = append(units, unit), rest[2:]
		}
	}
	return units
}

// ascii is a text for comparisons: a lone surrogate becomes U+FFFD, which is no hex digit either.
func ascii(units []uint16) string { return string(utf16.Decode(units)) }

func answer(request map[string]json.RawMessage) (result string) {
	defer func() {
		if code, ok := recover().(refused); ok {
			result = `"error":"` + string(code) + `"`
		}
	}()
	method := string(request["method"])
	if method != `"seal"` && method != `"open"` {
		return `"unsupported":true`
	}
	keyText := ascii(stringIn(request["key"], "ERR_KEY_FORMAT"))
	if !keyForm.MatchString(keyText) {
		panic(refused("ERR_KEY_FORMAT"))
	}
	key, _ := hex.DecodeString(keyText)
	if method == `"open"` {
		return `"value":` + writeString(Open(ascii(stringIn(request["sealed"], "ERR_SEALED_FORMAT")), key), true)
	}
	value := stringIn(request["value"], "ERR_PLAINTEXT_FORMAT")
	padTo, err := strconv.ParseFloat(string(request["padTo"]), 64)
	if err != nil || padTo != float64(int(padTo)) || padTo < 1 || padTo > 65536 {
		panic(refused("ERR_PLAINTEXT_FORMAT"))
	}
	iv, _ := hex.DecodeString(ascii(stringIn(request["iv"], "")))
	return `"sealed":"` + Seal(value, key, iv, int(padTo)) + `"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		request := map[string]json.RawMessage{"padTo": []byte("1")}
		json.Unmarshal(lines.Bytes(), &request)
		fmt.Printf("{\"id\":%s,%s}\n", request["id"], answer(request))
	}
}
