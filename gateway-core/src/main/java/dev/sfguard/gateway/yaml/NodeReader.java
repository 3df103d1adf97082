package dev.sfguard.gateway.yaml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Builds the tree of one document from the parser's events. Anchors and aliases are refused:
/// nobody should have to expand a policy in the head, and a few of them can stand for
/// gigabytes.
final class NodeReader {
    private static final int DEEPEST = 30;

    private final YamlSource source;
    private final Iterator<Event> events;

    private NodeReader(YamlSource source, Iterator<Event> events) {
        this.source = source;
        this.events = events;
    }

    /// The document's root; empty when the file holds none.
    static Optional<Node> read(YamlSource source) throws YamlProblems {
        var settings = LoadSettings.builder().setLabel(source.file()).build();
        try {
            var events = new Parse(settings).parseString(source.text()).iterator();
            return new NodeReader(source, events).document();
        } catch (MarkedYamlEngineException e) {
            var place = e.getProblemMark().map(NodeReader::place).orElse(new Place(1, 1));
            throw source.stop(place, "this is no YAML: " + firstLine(e.getProblem()));
        } catch (YamlEngineException e) {
            throw source.stop(
                    new Place(1, 1),
                    "this is no YAML: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("it cannot be read");
    }

    private Optional<Node> document() throws YamlProblems {
        Optional<Node> root = Optional.empty();
        while (events.hasNext()) {
            var event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (root.isPresent()) {
                    throw source.stop(place(event), "a second document: one file holds one");
                }
                root = Optional.of(node(events.next(), 0));
            }
        }
        return root;
    }

    private Node node(Event event, int depth) throws YamlProblems {
        var place = place(event);
        if (depth > DEEPEST) {
            throw source.stop(place, "nested more than " + DEEPEST + " levels deep");
        }
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw source.stop(place, "anchors and aliases (& and *) are not read; write it out");
        }
        return switch (event) {
            case ScalarEvent scalar -> scalar(scalar, place);
            case SequenceStartEvent _ -> items(place, depth);
            case MappingStartEvent _ -> entries(place, depth);
            default -> throw source.stop(place, "unexpected " + event.getEventId());
        };
    }

    private static Node.Scalar scalar(ScalarEvent scalar, Place place) {
        return new Node.Scalar(
                scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, place);
    }

    private Node items(Place place, int depth) throws YamlProblems {
        var items = new ArrayList<Node>();
        for (var event = events.next();
                event.getEventId() != Event.ID.SequenceEnd;
                event = events.next()) {
            items.add(node(event, depth + 1));
        }
        return new Node.Items(items, place);
    }

    private Node entries(Place place, int depth) throws YamlProblems {
        var entries = new ArrayList<Node.Entry>();
        var keys = new HashSet<String>();
        for (var event = events.next();
                event.getEventId() != Event.ID.MappingEnd;
                event = events.next()) {
            if (!(node(event, depth + 1) instanceof Node.Scalar key)) {
                throw source.stop(place(event), "a key must be a plain text");
            }
            if (!keys.add(key.text())) {
                source.problem(key.place(), "the key \"%s\" stands twice".formatted(key.text()));
            }
            entries.add(new Node.Entry(key, node(events.next(), depth + 1)));
        }
        return new Node.Entries(entries, place);
    }

    private static Place place(Event event) {
        return event.getStartMark().map(NodeReader::place).orElse(new Place(1, 1));
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
