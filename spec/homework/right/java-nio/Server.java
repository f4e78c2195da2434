import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Tic-tac-toe over TCP with one thread, one selector loop and one port: java Server PORT
 *
 * A message is some lines "name: value", and a blank line ends it. Requests: "player: X" and "move: B2" (column letter,
 * row number); "command: show"; "command: reset". An answer has a status (ok, win, draw, error) and the board:
 *
 *   status: ok
 *    X |   |
 *   ---+---+---
 *      | O |
 *   ---+---+---
 *      |   |
 */
public class Server {
    static final int LONGEST = 2048; // bytes of a request

    private final Game game = new Game();
    private final Selector selector = Selector.open();

    Server(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(port), 256);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    void run() throws IOException {
        while (true) {
            selector.select();
            Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
            while (keys.hasNext()) {
                SelectionKey key = keys.next();
                keys.remove();
                try {
                    if (key.isAcceptable()) {
                        accept((ServerSocketChannel) key.channel());
                    } else if (key.isWritable()) {
                        write(key);
                    } else if (key.isReadable()) {
                        read(key);
                    }
                } catch (IOException gone) {
                    if (key.attachment() != null) {
                        key.channel().close();
                    }
                }
            }
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Client());
    }

    private void read(SelectionKey key) throws IOException {
        Client client = (Client) key.attachment();
        int count = ((SocketChannel) key.channel()).read(client.in);
        if (count < 0) {
            key.channel().close();
            return;
        }
        StringBuilder answers = new StringBuilder();
        byte[] message = client.nextMessage();
        while (message != null) {
            answers.append(answer(message));
            message = client.nextMessage();
        }
        if (!client.in.hasRemaining()) {
            answers.append(game.describe("status: error\nreason: the message is too long\n"));
            client.leaving = true;
        }
        client.out = ByteBuffer.wrap(answers.toString().getBytes(StandardCharsets.UTF_8));
        write(key);
    }

    /** Reads no more from a client until it has taken its answers. */
    private void write(SelectionKey key) throws IOException {
        Client client = (Client) key.attachment();
        ((SocketChannel) key.channel()).write(client.out);
        if (client.out.hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (client.leaving) {
            key.channel().close();
        } else {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private String answer(byte[] message) {
        try {
            Map<String, String> fields = parse(message);
            if (fields.size() == 1 && "show".equals(fields.get("command"))) {
                return game.describe("status: ok\n");
            }
            if (fields.size() == 1 && "reset".equals(fields.get("command"))) {
                game.reset();
                return game.describe("status: ok\n");
            }
            if (fields.size() == 2 && fields.containsKey("player") && fields.containsKey("move")) {
                return game.describe(game.move(fields.get("player"), fields.get("move")));
            }
            throw new IllegalArgumentException("say player and move, or command: show, or command: reset");
        } catch (IllegalArgumentException mistake) {
            return game.describe("status: error\nreason: " + mistake.getMessage() + "\n");
        }
    }

    private static Map<String, String> parse(byte[] message) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException error) {
            throw new IllegalArgumentException("that is not UTF-8");
        }
        Map<String, String> fields = new HashMap<>();
        for (String line : text.split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("every line is a name, a colon and a value");
            }
            fields.put(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
        }
        return fields;
    }

    public static void main(String[] args) throws IOException {
        new Server(Integer.parseInt(args[0])).run();
    }
}

class Client {
    final ByteBuffer in = ByteBuffer.allocate(Server.LONGEST);
    ByteBuffer out = ByteBuffer.allocate(0);
    boolean leaving = false;

    /** Takes the bytes before the next blank line out of the buffer. Returns null if there is no blank line yet. */
    byte[] nextMessage() {
        int lineStart = 0;
        for (int i = 0; i < in.position(); i++) {
            if (in.get(i) != '\n') {
                continue;
            }
            int lineEnd = i > lineStart && in.get(i - 1) == '\r' ? i - 1 : i;
            if (lineEnd > lineStart) {
                lineStart = i + 1;
                continue;
            }
            byte[] message = new byte[lineStart];
            in.flip();
            in.get(message);
            in.position(i + 1);
            in.compact();
            if (message.length > 0) {
                return message;
            }
            lineStart = 0; // blank lines before a message mean nothing
            i = -1;
        }
        return null;
    }
}

class Game {
    private char[][] cells;
    private char turn;
    private boolean over;

    Game() {
        reset();
    }

    final void reset() {
        cells = new char[][] {{' ', ' ', ' '}, {' ', ' ', ' '}, {' ', ' ', ' '}};
        turn = 'X';
        over = false;
    }

    /** Returns the first lines of the answer. Throws IllegalArgumentException if the move is not allowed. */
    String move(String player, String cell) {
        check(!over, "the game is over");
        check(player.equals("X") || player.equals("O"), "the players are X and O");
        check(player.charAt(0) == turn, "it is the turn of " + turn);
        check(cell.matches("[A-C][1-3]"), "a move is a letter A to C and a number 1 to 3");
        int row = cell.charAt(1) - '1';
        int column = cell.charAt(0) - 'A';
        check(cells[row][column] == ' ', "the cell is taken");
        cells[row][column] = turn;
        if (hasLine(turn)) {
            over = true;
            return "status: win\nwinner: " + turn + "\n";
        }
        if (isFull()) {
            over = true;
            return "status: draw\n";
        }
        turn = turn == 'X' ? 'O' : 'X';
        return "status: ok\n";
    }

    private static void check(boolean allowed, String otherwise) {
        if (!allowed) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private boolean hasLine(char p) {
        for (int i = 0; i < 3; i++) {
            if (cells[i][0] == p && cells[i][1] == p && cells[i][2] == p) {
                return true;
            }
            if (cells[0][i] == p && cells[1][i] == p && cells[2][i] == p) {
                return true;
            }
        }
        boolean falling = cells[0][0] == p && cells[1][1] == p && cells[2][2] == p;
        boolean rising = cells[2][0] == p && cells[1][1] == p && cells[0][2] == p;
        return falling || rising;
    }

    private boolean isFull() {
        for (char[] row : cells) {
            for (char cell : row) {
                if (cell == ' ') {
                    return false;
                }
            }
        }
        return true;
    }

    /** A whole message: its head, the drawn board and the blank line. */
    String describe(String head) {
        StringBuilder text = new StringBuilder(head);
        for (int row = 0; row < 3; row++) {
            if (row > 0) {
                text.append("---+---+---\n");
            }
            text.append(String.format(" %c | %c | %c \n", cells[row][0], cells[row][1], cells[row][2]));
        }
        return text.append("\n").toString();
    }
}
