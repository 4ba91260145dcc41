/**
 * The network behind a daemon. {@link org.golempipeline.golem.session.Yagna} opens it, and settles
 * what an earlier session left; hides demands, negotiation, agreements, activities, batches, debit
 * notes, invoices and their order at the end. {@link org.golempipeline.golem.session.Inquiry} asks
 * a daemon beforehand what would be in the way.
 */
@NullMarked
package org.golempipeline.golem.session;

import org.jspecify.annotations.NullMarked;
