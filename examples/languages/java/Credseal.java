// Seals and opens one value in the vault's format, with the JDK alone (17 or later). `java Credseal.java` answers the vectors:
//   npx credseal vectors verify --exec "java Credseal.java"
// Traps of Java that are handled here:
// - Jackson takes trailing data and gives numbers as text, Gson takes text without quotation marks: strings are read here.
// - new String(bytes, UTF_8) makes U+FFFD of what is not UTF-8: another password. A decoder that reports does not.
// - Pattern's $ lets a line break through, matches() does not; HexFormat takes no white space.
import java.io.*;
import java.nio.ByteBuffer;
import java.nio.charset.*;
import java.security.GeneralSecurityException;
import java.util.*;
import java.util.regex.*;
import javax.crypto.*;
import javax.crypto.spec.*;

public final class Credseal {
  static final class Refused extends RuntimeException { Refused(String code) { super(code); } }

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern STRING =
      Pattern.compile("[ \t\r\n]*+\"((?:[^\"\\\\\\x00-\\x1f]++|\\\\(?:[\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+)\"[ \t\r\n]*+");

  /** Seals a value. The IV is a parameter for the vectors' sake: else 12 bytes of SecureRandom, always. */
  static String seal(String value, byte[] key, byte[] iv, int padTo) throws GeneralSecurityException {
    byte[] text = writeString(value, false).getBytes(StandardCharsets.UTF_8);
    byte[] plaintext = Arrays.copyOf(text, (text.length + padTo - 1) / padTo * padTo);
    Arrays.fill(plaintext, text.length, plaintext.length, (byte) ' ');
    if (isSealed(value) && decrypt(value, key) != null) throw new Refused("ERR_ALREADY_SEALED");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
    return HEX.formatHex(iv) + HEX.formatHex(cipher.doFinal(plaintext));
  }

  /** Opens a sealed value. */
  static String open(String sealed, byte[] key) throws GeneralSecurityException {
    if (!isSealed(sealed)) throw new Refused("ERR_SEALED_FORMAT");
    byte[] plaintext = decrypt(sealed, key);
    if (plaintext == null) throw new Refused("ERR_OPEN_FAILED");
    try {
      String json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(plaintext)).toString();
      return required(readString(json), "ERR_PLAINTEXT_FORMAT");
    } catch (CharacterCodingException notUtf8) {
      throw new Refused("ERR_PLAINTEXT_FORMAT");
    }
  }

  static boolean isSealed(String text) {
    return text.length() >= 60 && text.length() % 2 == 0 && text.matches("[0-9a-fA-F]*+");
  }

  /** The plaintext, or null where the tag does not hold. */
  private static byte[] decrypt(String sealed, byte[] key) throws GeneralSecurityException {
    byte[] data = HEX.parseHex(sealed);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, data, 0, 12));
    try {
      return cipher.doFinal(data, 12, data.length - 12);
    } catch (AEADBadTagException changedOrAnotherKey) {
      return null;
    }
  }

  /** A string as JSON.stringify writes it; with onlyAscii all else than ASCII is escaped. */
  static String writeString(String value, boolean onlyAscii) {
    StringBuilder text = new StringBuilder("\"");
    for (int at = 0; at < value.length(); at++) {
      char unit = value.charAt(at);
      int escape = "\"\\\b\t\n\f\r".indexOf(unit);
      if (escape >= 0) text.append('\\').append("\"\\btnfr".charAt(escape));
      else if (!onlyAscii && Character.isHighSurrogate(unit) && at + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(at + 1))) text.append(unit).append(value.charAt(++at));
      else if (unit < 32 || Character.isSurrogate(unit) || onlyAscii && unit > 126) text.append(String.format("\\u%04x", (int) unit));
      else text.append(unit);
    }
    return text.append('"').toString();
  }

  /** A JSON text that is one string; or null. */
  static String readString(String json) {
    Matcher found = STRING.matcher(json);
    if (!found.matches()) return null;
    String inside = found.group(1);
    var value = new StringBuilder();
    for (int at = 0; at < inside.length(); at++) {
      char unit = inside.charAt(at);
      if (unit != '\\') { value.append(unit); continue; }
      char kind = inside.charAt(++at);
      int control = "btnfr".indexOf(kind);
      if (kind == 'u') { value.append((char) Integer.parseInt(inside.substring(at + 1, at + 5), 16)); at += 4; }
      else value.append(control >= 0 ? "\b\t\n\f\r".charAt(control) : kind);
    }
    return value.toString();
  }

  private static String required(String value, String code) {
    return Optional.ofNullable(value).orElseThrow(() -> new Refused(code));
  }

  /** The members of an object in a line, each as the JSON text that it is. */
  private static Map<String, String> membersOf(String line) {
    Map<String, String> members = new HashMap<>();
    for (int at = 1; at < line.length() && line.charAt(at) == '"'; ) {
      int name = line.indexOf('"', at + 1), start = name + 2, depth = 0, end = start;
      for (boolean inString = false; end < line.length(); end++) {
        char unit = line.charAt(end);
        if (inString) { if (unit == '\\') end++; else if (unit == '"') inString = false; continue; }
        if (unit == '"') inString = true;
        else if (unit == '{' || unit == '[') depth++;
        else if ((unit == ',' || unit == '}') && depth == 0) break;
        else if (unit == '}' || unit == ']') depth--;
      }
      members.put(line.substring(at + 1, name), line.substring(start, end));
      at = end + 1;
    }
    return members;
  }

  private static String answer(Map<String, String> request) throws GeneralSecurityException {
    try {
      return result(request);
    } catch (Refused refused) {
      return "\"error\":\"" + refused.getMessage() + '"';
    }
  }

  private static String result(Map<String, String> request) throws GeneralSecurityException {
    String method = request.get("method");
    if (!method.equals("\"seal\"") && !method.equals("\"open\"")) return "\"unsupported\":true";
    String key = required(readString(request.get("key")), "ERR_KEY_FORMAT");
    if (!key.matches("[0-9a-fA-F]{64}")) throw new Refused("ERR_KEY_FORMAT");
    if (method.equals("\"open\"")) {
      String sealed = required(readString(request.getOrDefault("sealed", "")), "ERR_SEALED_FORMAT");
      return "\"value\":" + writeString(open(sealed, HEX.parseHex(key)), true);
    }
    String value = required(readString(request.getOrDefault("value", "")), "ERR_PLAINTEXT_FORMAT");
    String padTo = request.getOrDefault("padTo", "1");
    double number = padTo.matches("-?[0-9.]+(?:[eE][+-]?[0-9]+)?") ? Double.parseDouble(padTo) : 0;
    if (number != Math.floor(number) || number < 1 || number > 65536) throw new Refused("ERR_PLAINTEXT_FORMAT");
    byte[] iv = HEX.parseHex(readString(request.get("iv")));
    return "\"sealed\":\"" + seal(value, HEX.parseHex(key), iv, (int) number) + '"';
  }

  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line; (line = lines.readLine()) != null; ) {
      var request = membersOf(line);
      System.out.println("{\"id\":" + request.get("id") + "," + answer(request) + "}");
    }
  }
}
