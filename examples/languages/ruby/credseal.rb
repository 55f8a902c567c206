# Seals and opens one value in the vault's format, with OpenSSL. `ruby credseal.rb` answers the vectors:
#   npx credseal vectors verify --exec "ruby credseal.rb"
# Traps of Ruby that are handled here:
# - pack('H*') takes any character for a digit, and ^ and $ match at every line: \A and \z do not.
# - OpenSSL takes tags that are shorter than 16 bytes: the length is checked before.
# - A string has no lone surrogates, which a valid password may have. So strings are read and written here, as UTF-16 units.
require 'openssl'

class Refused < StandardError; end

SHORT = { 34 => '\\"', 92 => '\\\\', 8 => '\\b', 9 => '\\t', 10 => '\\n', 12 => '\\f', 13 => '\\r' }.freeze
STRING = %r{\A[ \t\r\n]*"((?>[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"[ \t\r\n]*\z}

# Seals a value, given as UTF-16 units. The IV is a parameter for the vectors' sake: else SecureRandom.bytes(12), always.
def seal(value, key, iv, pad_to = 1)
  plaintext = write_string(value).b
  plaintext << ' ' * (-plaintext.bytesize % pad_to)
  text = ascii(value)
  raise Refused, 'ERR_ALREADY_SEALED' if sealed?(text) && decrypt(text, key)

  cipher = OpenSSL::Cipher.new('aes-256-gcm').encrypt
  cipher.key = key
  cipher.iv = iv
  ciphertext = cipher.update(plaintext) + cipher.final
  (iv + ciphertext + cipher.auth_tag(16)).unpack1('H*')
end

# Opens a sealed value, to UTF-16 units.
def open_value(sealed, key)
  raise Refused, 'ERR_SEALED_FORMAT' unless sealed?(sealed)

  plaintext = decrypt(sealed, key) or raise Refused, 'ERR_OPEN_FAILED'
  read_string(plaintext) or raise Refused, 'ERR_PLAINTEXT_FORMAT'
end

def sealed?(text)
  text.match?(/\A(?:[0-9a-fA-F]{2}){30,}\z/)
end

# The plaintext, or nil where the tag does not hold.
def decrypt(sealed, key)
  data = [sealed].pack('H*')
  cipher = OpenSSL::Cipher.new('aes-256-gcm').decrypt
  cipher.key = key
  cipher.iv = data[0, 12]
  cipher.auth_tag = data[-16, 16]
  cipher.update(data[12...-16]) + cipher.final
rescue OpenSSL::Cipher::CipherError
  nil
end

def key_of(hex)
  raise Refused, 'ERR_KEY_FORMAT' unless hex.match?(/\A[0-9a-fA-F]{64}\z/)

  [hex].pack('H*')
end

# UTF-16 units as JSON.stringify writes them, in UTF-8; with only_ascii all else than ASCII is escaped.
def write_string(units, only_ascii: false)
  text = +'"'
  at = 0
  while at < units.length
    unit = units[at]
    low = units[at + 1] || 0
    pair = (0xD800...0xDC00).cover?(unit) && (0xDC00...0xE000).cover?(low)
    if SHORT[unit]
      text << SHORT[unit]
    elsif pair && !only_ascii
      text << [0x10000 + ((unit - 0xD800) << 10) + low - 0xDC00].pack('U')
      at += 1
    elsif unit < 32 || (0xD800...0xE000).cover?(unit) || (only_ascii && unit > 126)
      text << format('\\u%04x', unit)
    else
      text << [unit].pack('U')
    end
    at += 1
  end
  text << '"'
end

# A JSON text that is one string, in UTF-8, as UTF-16 units; or nil.
def read_string(json)
  text = json.dup.force_encoding('UTF-8')
  return unless text.valid_encoding? && (found = STRING.match(text))

  found[1].scan(/\\u([0-9a-fA-F]{4})|\\(.)|([^\\]+)/m).flat_map do |hex, short, plain|
    next [hex.hex] if hex
    next [{ 'b' => 8, 't' => 9, 'n' => 10, 'f' => 12, 'r' => 13 }.fetch(short) { short.ord }] if short

    plain.codepoints.flat_map { |code| code < 0x10000 ? code : [0xD7C0 + (code >> 10), 0xDC00 | (code & 0x3FF)] }
  end
end

# As a text for comparisons: what is not ASCII is no hex digit.
def ascii(units)
  units.map { |unit| unit < 128 ? unit.chr : '?' }.join
end

# The members of an object in a line of ASCII, each as the JSON text that it is.
def members_of(line)
  string = /"(?>[^"\\]|\\.)*"/
  value = /(?<v>#{string}|\{(?:[^{}"]|#{string}|\g<v>)*\}|\[(?:[^\[\]"]|#{string}|\g<v>)*\]|[^,\[\]{}"]+)/
  members = {}
  rest = line.strip[1..]
  while (found = /\A"(?<name>[^"\\]*)":#{value}(?:,|\})/.match(rest))
    members[found[:name]] = found[:v]
    rest = found.post_match
  end
  members
end

def answer(request)
  text = ->(name, code) { read_string(request[name] || '') or raise Refused, code }
  key = -> { key_of(ascii(text.('key', 'ERR_KEY_FORMAT'))) }
  case request['method']
  when '"seal"'
    value = text.('value', 'ERR_PLAINTEXT_FORMAT')
    pad_to = Float(request['padTo'] || '1', exception: false)
    raise Refused, 'ERR_PLAINTEXT_FORMAT' unless pad_to && pad_to % 1 == 0 && (1..65_536).cover?(pad_to)

    iv = [ascii(text.('iv', ''))].pack('H*')
    %("sealed":"#{seal(value, key.(), iv, pad_to.to_i)}")
  when '"open"'
    sealed = ascii(text.('sealed', 'ERR_SEALED_FORMAT'))
    %("value":#{write_string(open_value(sealed, key.()), only_ascii: true)})
  else
    '"unsupported":true'
  end
rescue Refused => e
  %("error":"#{e.message}")
end

if $PROGRAM_NAME == __FILE__
  $stdout.sync = true
  $stdin.each_line do |line|
    request = members_of(line)
    puts %({"id":#{request['id']},#{answer(request)}})
  end
end
