<?php
// Seals and opens one value in the vault's format, with OpenSSL. `php credseal.php` answers the vectors:
//   npx credseal vectors verify --exec "php credseal.php"
// Traps of PHP that are handled here:
// - json_encode of what is not UTF-8 gives false, which (string) makes '': an empty password would be sealed.
// - json_decode refuses a lone surrogate, which is a valid password. So strings are read and written here, as UTF-16 units.
// - openssl_decrypt takes tags of 1 to 16 bytes: the length is checked before.
// - hex2bin warns and gives false, and a pattern that ends in $ lets a line break through: \z does not.
declare(strict_types=1);

final class Refused extends Exception {}

/** Seals a value, given as UTF-16 units. The IV is a parameter for the vectors' sake: otherwise random_bytes(12), always. */
function seal(array $value, string $key, string $iv, int $padTo = 1): string {
    $plaintext = writeString($value);
    $plaintext .= str_repeat(' ', (-strlen($plaintext) % $padTo + $padTo) % $padTo);
    $text = implode('', array_map(fn ($unit) => $unit < 128 ? chr($unit) : '?', $value));
    if (isSealed($text) && decrypt($text, $key) !== null) throw new Refused('ERR_ALREADY_SEALED');
    $ciphertext = openssl_encrypt($plaintext, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag, '', 16);
    if ($ciphertext === false) throw new RuntimeException('OpenSSL has no AES-256-GCM.');
    return bin2hex($iv . $ciphertext . $tag);
}

/** Opens a sealed value, to UTF-16 units. */
function open(string $sealed, string $key): array {
    if (!isSealed($sealed)) throw new Refused('ERR_SEALED_FORMAT');
    return readString(decrypt($sealed, $key) ?? throw new Refused('ERR_OPEN_FAILED'))
        ?? throw new Refused('ERR_PLAINTEXT_FORMAT');
}

function isSealed(string $text): bool {
    return preg_match('/\A(?:[0-9a-fA-F]{2}){30}/', $text) === 1 && strlen($text) % 2 === 0 && ctype_xdigit($text);
}

/** The plaintext, or null where the tag does not hold. */
function decrypt(string $sealed, string $key): ?string {
    $data = hex2bin($sealed);
    $tag = substr($data, -16);
    $plaintext = openssl_decrypt(
        substr($data, 12, -16), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, substr($data, 0, 12), $tag,
    );
    return $plaintext === false ? null : $plaintext;
}

function keyOf(string $hex): string {
    if (strlen($hex) !== 64 || !ctype_xdigit($hex)) throw new Refused('ERR_KEY_FORMAT');
    return hex2bin($hex);
}

const SHORT = [34 => '\\"', 92 => '\\\\', 8 => '\\b', 9 => '\\t', 10 => '\\n', 12 => '\\f', 13 => '\\r'];

/** UTF-16 units as JSON.stringify writes them, in UTF-8; with $isAscii all else than ASCII is escaped. */
function writeString(array $units, bool $isAscii = false): string {
    $text = '"';
    for ($at = 0; $at < count($units); $at++) {
        $unit = $units[$at];
        $next = $units[$at + 1] ?? 0;
        $isPair = $unit >= 0xD800 && $unit < 0xDC00 && $next >= 0xDC00 && $next < 0xE000;
        if (isset(SHORT[$unit])) $text .= SHORT[$unit];
        elseif ($unit < 32 || ($isAscii && $unit > 126) || ($unit >= 0xD800 && $unit < 0xE000 && !$isPair))
            $text .= sprintf('\\u%04x', $unit);
        elseif ($isPair) {
            $text .= mb_chr(0x10000 + (($unit - 0xD800) << 10) + $next - 0xDC00, 'UTF-8');
            $at++;
        } else $text .= mb_chr_all($unit);
    }
    return $text . '"';
}

/** UTF-8 of a character below U+10000, without mbstring. */
function mb_chr_all(int $code): string {
    if ($code < 0x80) return chr($code);
    if ($code < 0x800) return chr(0xC0 | $code >> 6) . chr(0x80 | $code & 63);
    return chr(0xE0 | $code >> 12) . chr(0x80 | $code >> 6 & 63) . chr(0x80 | $code & 63);
}
if (!function_exists('mb_chr')) {
    function mb_chr(int $code): string {
        return chr(0xF0 | $code >> 18) . chr(0x80 | $code >> 12 & 63) . chr(0x80 | $code >> 6 & 63) . chr(0x80 | $code & 63);
    }
}

/** A JSON text that is one string, in UTF-8, as UTF-16 units; or null. The u of the pattern refuses what is not UTF-8. */
function readString(string $json): ?array {
    $string = '/\A[ \t\r\n]*+"((?:[^"\\\\\x00-\x1F]++|\\\\(?:["\\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"[ \t\r\n]*+\z/u';
    if (preg_match($string, $json, $found) !== 1) return null;
    $units = [];
    preg_match_all('/\\\\u([0-9a-fA-F]{4})|\\\\(.)|(.)/us', $found[1], $parts, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);
    foreach ($parts as [, $hex, $short, $one]) {
        if ($hex !== null) $units[] = hexdec($hex);
        elseif ($short !== null)
            $units[] = ['b' => 8, 't' => 9, 'n' => 10, 'f' => 12, 'r' => 13][$short] ?? ord($short);
        else array_push($units, ...unitsOf($one));
    }
    return $units;
}

function unitsOf(string $character): array {
    $bytes = array_values(unpack('C*', $character));
    if (count($bytes) === 1) return $bytes;
    $code = $bytes[0] & (0xFF >> (count($bytes) + 1));
    foreach (array_slice($bytes, 1) as $byte) $code = $code << 6 | $byte & 63;
    return $code < 0x10000 ? [$code] : [0xD7C0 + ($code >> 10), 0xDC00 | $code & 0x3FF];
}

/** The members of an object in a line of ASCII, each as the JSON text that it is. */
function membersOf(string $line): array {
    $value = '(?<v>"(?:[^"\\\\]++|\\\\.)*+"|\{(?:[^{}"]|"(?:[^"\\\\]++|\\\\.)*+"|(?&v))*\}|\[(?:[^\[\]"]|"(?:[^"\\\\]++|\\\\.)*+"|(?&v))*\]|[^,\[\]{}"]+)';
    preg_match_all('/"((?:[^"\\\\]|\\\\.)*)":' . $value . '[,}]/', $line, $found, PREG_SET_ORDER);
    return array_column($found, 'v', 1);
}

function answer(array $request): string {
    $text = fn (string $name) => readString($request[$name] ?? '');
    $ascii = fn (?array $units, string $code) => $units === null
        ? throw new Refused($code)
        : implode('', array_map(fn ($unit) => $unit < 128 ? chr($unit) : '?', $units));
    $key = fn () => keyOf($ascii($text('key'), 'ERR_KEY_FORMAT'));
    switch ($request['method']) {
        case '"seal"':
            $value = $text('value') ?? throw new Refused('ERR_PLAINTEXT_FORMAT');
            $padTo = json_decode($request['padTo'] ?? '1');
            if (!(is_int($padTo) || is_float($padTo)) || $padTo != floor($padTo) || $padTo < 1 || $padTo > 65536)
                throw new Refused('ERR_PLAINTEXT_FORMAT');
            return '"sealed":"' . seal($value, $key(), hex2bin($ascii($text('iv'), '')), (int) $padTo) . '"';
        case '"open"':
            return '"value":' . writeString(open($ascii($text('sealed'), 'ERR_SEALED_FORMAT'), $key()), true);
        default:
            return '"unsupported":true';
    }
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    while (($line = fgets(STDIN)) !== false) {
        $request = membersOf($line);
        try {
            $result = answer($request);
        } catch (Refused $refused) {
            $result = '"error":"' . $refused->getMessage() . '"';
        }
        echo '{"id":' . $request['id'] . ",$result}\n";
    }
}
