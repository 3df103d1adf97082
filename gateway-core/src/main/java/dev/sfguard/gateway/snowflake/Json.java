package dev.sfguard.gateway.snowflake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectMapper;

/// How the protocol's JSON is read and written, with the bounds that keep a reader's memory flat.
public final class Json {

    /// A cell of a result can hold 128 MiB of text; a driver's request never nests deeply.
    private static final StreamReadConstraints BOUNDS =
            StreamReadConstraints.builder()
                    .maxStringLength(134_217_728)
                    .maxNestingDepth(200)
                    .maxNameLength(10_000)
                    .build();

    /// Buffers that are used again: those that Jackson keeps for each thread end with the virtual
    /// thread of each request.
    private static final int POOLED = 64;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(BOUNDS)
                    // Names come from outside: interning them would be a place to fill.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED))
                    .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

    private Json() {}

    public static JsonFactory factory() {
        return FACTORY;
    }

    public static ObjectMapper mapper() {
        return MAPPER;
    }
}
