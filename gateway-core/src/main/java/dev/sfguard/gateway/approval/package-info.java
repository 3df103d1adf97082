/// Holds statements until people answer. Knows who asked what and who may say yes; knows no
/// Snowflake and no network but the operator's webhooks.
@NullMarked
package dev.sfguard.gateway.approval;

import org.jspecify.annotations.NullMarked;
