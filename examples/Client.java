import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A whole game over JSON lines. java Client.java HOST PORT [GAME]: against the bot, or against the client that names the
 * same GAME.
 */
public final class Client {
  /** The server refused the request for good, or at this version. */
  @SuppressWarnings("serial")
  static final class Refused extends Exception {
    final Json error;

    Refused(Json error) {
      super(error.get("message").text());
      this.error = error;
    }

    String data(String name) {
      return error.get("data").find(name).map(Json::text).orElse("");
    }
  }

  private final String host;
  private final int port;
  private final String game;
  private Socket socket;
  private InputStream input;
  private String token = "";
  private String account = "";
  private String history = "";
  /** The newest state; null before the first. After the games were replaced, any state is newer. */
  private Json view;
  private long version;
  private long lastId;
  private int tries;
  private long restMs;
  private final SecureRandom random = new SecureRandom();

  Client(String host, int port, String game) {
    this.host = host;
    this.port = port;
    this.game = game;
  }

  /** Repeats the request, on a new connection if necessary, until it is answered. `params`: members, each after a comma. */
  Json call(String method, String params) throws Refused {
    while (true) {
      try {
        if (socket == null && connect() && params.contains("version"))
          throw new Refused(Json.parse("{\"message\":\"the games were replaced\",\"data\":{\"retry\":\"refresh\"}}"));
        Json result = request(method, "{\"game\":" + Json.quote(game) + params + "}");
        if (!method.equals("game.record")) take(result);
        return result;
      } catch (IOException | IllegalArgumentException reason) { // The connection has ended, or garbage came.
        lose(reason);
      }
    }
  }

  /** Says hello with the token, and watches the game again. Returns whether the server now has other games. */
  private boolean connect() throws IOException, Refused {
    socket = new Socket();
    socket.connect(new InetSocketAddress(host, port), 10_000);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    input = new BufferedInputStream(socket.getInputStream());
    String params = token.isEmpty() ? "{\"name\":\"Java client\"}" : "{\"token\":" + Json.quote(token) + "}";
    Json hello = request("hello", params);
    // A longer silence means that the connection is dead.
    socket.setSoTimeout(2 * (int) hello.get("heartbeatMs").number());
    token = hello.get("token").text();
    account = hello.get("account").get("id").text();
    String served = hello.find("journal").map(Json::text).orElse("");
    boolean isReplaced = !history.isEmpty() && !history.equals(served);
    history = served;
    if (isReplaced) version = 0;
    if (view != null) take(request("game.watch", "{\"game\":" + Json.quote(game) + "}"));
    return isReplaced;
  }

  private void lose(Exception reason) {
    System.err.println("connecting again: " + reason.getMessage());
    try {
      if (socket != null) socket.close();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    socket = null;
    long rest = restMs;
    restMs = 0;
    pause(rest, 15_000);
  }

  /** Waits for the least time and a random one that grows with each try. */
  private void pause(long leastMs, int mostMs) {
    tries++;
    try {
      Thread.sleep(leastMs + random.nextInt(Math.min(mostMs, 250 << Math.min(tries, 7))));
    } catch (InterruptedException cause) {
      throw new IllegalStateException(cause);
    }
  }

  /** Sends the request again and again while the answer says: wait, then send the same. */
  private Json request(String method, String params) throws IOException, Refused {
    while (true) {
      long id = ++lastId;
      String text = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":" + Json.quote(method) + ",\"params\":" + params + "}\n";
      socket.getOutputStream().write(text.getBytes(UTF_8));
      Json answer = receive();
      while (answer.find("id").filter(it -> it.is(Long.toString(id))).isEmpty()) answer = receive();
      if (answer.find("error").isEmpty()) return answer.get("result");
      Json data = answer.get("error").get("data");
      Optional<Json> wait = data.find("retryAfterMs");
      if (wait.isEmpty() && !data.get("retry").text().equals("same")) throw new Refused(answer.get("error"));
      System.err.println("waiting: " + data.get("name").text());
      pause(wait.map(Json::number).orElse(0L), 2_000); // rate-limited, unavailable, outcome-unknown
    }
  }

  /** Returns the next message. Takes the state in a notification, whatever is waited for. */
  private Json receive() throws IOException {
    String line = readLine();
    while (line.isEmpty()) line = readLine(); // The server's heartbeat.
    Json message = Json.parse(line);
    String method = message.find("method").map(Json::text).orElse("");
    if (method.equals("game.changed")) take(message.get("params"));
    if (method.equals("server.closing")) restMs = message.get("params").get("reconnectInMs").number();
    return message;
  }

  /** Framing: a message ends with LF. TCP delivers bytes in any pieces, so bytes are collected until one has come. */
  private String readLine() throws IOException {
    ByteBuffer line = ByteBuffer.allocate(65_536);
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) throw new EOFException("the connection has ended");
      if (!line.hasRemaining()) throw new IOException("the line is too long");
      line.put((byte) next);
    }
    CharBuffer text = UTF_8.newDecoder().decode(line.flip()); // Fails if it is not UTF-8; `new String` would not.
    return text.toString();
  }

  /** Keeps the newest state and shows it. */
  private void take(Json state) {
    if (!state.get("game").text().equals(game)) return;
    String board = state.get("board").text();
    int width = (int) state.get("rules").get("width").number();
    long asOf = state.get("version").number();
    if (width < 1 || board.length() % width != 0) throw new IllegalArgumentException("this is no board");
    if (asOf <= version) return;
    view = state;
    version = asOf;
    tries = 0;
    for (int at = 0; at < board.length(); at += width) System.out.println(board.substring(at, at + width));
    System.out.println();
  }

  private boolean isMyTurn() {
    Json players = view.get("players");
    if (players.get("X").is("null") || players.get("O").is("null")) return false;
    return players.get(view.get("turn").text()).get("id").text().equals(account);
  }

  /** Makes a move, or waits for one. */
  private void step() throws IOException, Refused {
    if (isMyTurn()) {
      int cell = view.get("board").text().indexOf('.');
      int width = (int) view.get("rules").get("width").number();
      call("game.move", ",\"version\":" + version + ",\"x\":" + cell % width + ",\"y\":" + cell / width);
    } else if (socket == null) {
      call("game.watch", "");
    } else {
      receive();
    }
  }

  private void play() throws Refused {
    while (view.get("outcome").is("null")) {
      try {
        step();
      } catch (IOException | IllegalArgumentException reason) {
        lose(reason);
      } catch (Refused refused) {
        if (!refused.data("retry").equals("refresh")) throw refused;
        System.err.println("refused: " + refused.getMessage());
        call("game.get", "");
      }
    }
  }

  /** Computes the chain of the game's record again: each entry contains the hash of everything before it. */
  private void verify() throws Exception {
    byte[] chain = new byte[16];
    List<Json> entries = call("game.record", "").get("entries").elements();
    for (Json entry : entries) {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(chain);
      // Byte order: the hash is of bytes, so both machines must store the number alike. The protocol says big-endian.
      long number = entry.get("version").number();
      hash.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.BIG_ENDIAN).putLong(number).flip());
      hash.update(("{\"at\":" + entry.get("at").json() + ",\"event\":" + entry.get("event").json() + "}").getBytes(UTF_8));
      chain = Arrays.copyOf(hash.digest(), 16);
      if (!HexFormat.of().formatHex(chain).equals(entry.get("chain").text()))
        throw new IllegalStateException("entry " + number + " does not continue the chain");
    }
    System.err.println("the record is whole: " + entries.size() + " entries");
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("Client.java HOST PORT [GAME]");
      System.exit(2);
    }
    boolean isNamed = args.length > 2;
    String drawn = "java" + HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
    Client client = new Client(args[0], Integer.parseInt(args[1]), isNamed ? args[2] : drawn);
    try {
      try {
        client.call("game.create", isNamed ? "" : ",\"opponent\":{\"bot\":\"perfect\"}");
      } catch (Refused refused) {
        if (!refused.data("name").equals("id-taken")) throw refused;
        client.call("game.join", ""); // The other client has created the game.
      }
      client.play();
      client.verify();
    } catch (Refused refused) {
      System.err.println("refused: " + refused.getMessage());
      System.exit(1);
    }
    Json outcome = client.view.get("outcome");
    String winner = outcome.get("winner").is("null") ? "nobody" : outcome.get("winner").text();
    System.out.println(client.view.get("board").text() + " " + outcome.get("by").text() + " " + winner);
  }
}

/**
 * A JSON value as the text that was received. The standard library has no JSON; this reads what it is asked for and leaves
 * the rest alone. Numbers are decimal digits, so nothing depends on how a machine stores them.
 */
record Json(String json) {
  /** @throws IllegalArgumentException if it is not one whole value. */
  static Json parse(String text) {
    String trimmed = text.strip();
    if (end(trimmed, 0, 0) != trimmed.length()) throw new IllegalArgumentException("this is not JSON");
    return new Json(trimmed);
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray())
      quoted.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    return quoted.append('"').toString();
  }

  boolean is(String text) {
    return json.equals(text);
  }

  long number() {
    return Long.parseLong(json);
  }

  /** @throws IllegalArgumentException if it is no string. */
  String text() {
    if (!json.startsWith("\"")) throw new IllegalArgumentException("a string is missing: " + json);
    StringBuilder text = new StringBuilder();
    for (int at = 1; at < json.length() - 1; at++) {
      char c = json.charAt(at);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = json.charAt(++at);
      int known = "nrtbf".indexOf(escaped);
      if (escaped != 'u') {
        text.append(known < 0 ? escaped : "\n\r\t\b\f".charAt(known));
      } else {
        if (at + 4 >= json.length()) throw new IllegalArgumentException("four digits are missing");
        text.append((char) Integer.parseInt(json.substring(at + 1, at + 5), 16));
        at += 4;
      }
    }
    return text.toString();
  }

  /** @throws IllegalArgumentException if there is no such member. */
  Json get(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  Optional<Json> find(String name) {
    List<Json> parts = json.startsWith("{") ? elements() : List.of();
    return IntStream.range(0, parts.size() / 2)
        .filter(at -> parts.get(2 * at).text().equals(name))
        .mapToObj(at -> parts.get(2 * at + 1))
        .findFirst();
  }

  /** The elements of an array; of an object its names and values in turn. */
  List<Json> elements() {
    List<Json> found = new ArrayList<>();
    for (int at = space(json, 1); at < json.length() - 1; ) {
      int end = end(json, at, 0);
      found.add(new Json(json.substring(at, end)));
      at = space(json, space(json, end) + 1); // After a comma or a colon.
    }
    return found;
  }

  private static int space(String json, int at) {
    int next = at;
    while (next < json.length() && " \t\r\n".indexOf(json.charAt(next)) >= 0) next++;
    return next;
  }

  /** Where the value at `at` ends. @throws IllegalArgumentException if there is no whole value. */
  private static int end(String json, int at, int depth) {
    if (at >= json.length() || depth > 32) throw new IllegalArgumentException("this is not JSON");
    char first = json.charAt(at);
    int next = at + 1;
    if (first == '"') {
      while (next < json.length() && json.charAt(next) != '"') next += json.charAt(next) == '\\' ? 2 : 1;
      if (next >= json.length()) throw new IllegalArgumentException("a string has no end");
      return next + 1;
    }
    if (first != '{' && first != '[') {
      while (next < json.length() && "+-.0123456789Eaeflnrstu".indexOf(json.charAt(next)) >= 0) next++;
      if ("+-.0123456789fnt".indexOf(first) < 0) throw new IllegalArgumentException("this is not JSON");
      return next;
    }
    return endOfList(json, space(json, next), first == '{', depth);
  }

  private static int endOfList(String json, int first, boolean isObject, int depth) {
    int at = first;
    char close = isObject ? '}' : ']';
    while (charAt(json, at) != close) {
      if (isObject) {
        if (charAt(json, at) != '"') throw new IllegalArgumentException("a name is missing");
        at = space(json, end(json, at, depth));
        if (charAt(json, at) != ':') throw new IllegalArgumentException("a colon is missing");
        at = space(json, at + 1);
      }
      at = space(json, end(json, at, depth + 1));
      if (charAt(json, at) == close) break;
      if (charAt(json, at) != ',') throw new IllegalArgumentException("a comma is missing");
      at = space(json, at + 1);
    }
    return at + 1;
  }

  private static char charAt(String json, int at) {
    return at < json.length() ? json.charAt(at) : '\0';
  }
}
