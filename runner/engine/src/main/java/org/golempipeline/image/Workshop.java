package org.golempipeline.image;

import java.util.function.Consumer;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.oci.RegistryLogins;
import org.jspecify.annotations.Nullable;

/**
 * Where the images of this machine are and new ones are made.
 *
 * @param store of the user
 * @param logins with which registries are asked
 * @param progress gets a line for each thing that takes its time while an image is made; null where
 *     none may be made
 */
public record Workshop(
    ImageStore store, RegistryLogins logins, @Nullable Consumer<String> progress) {}
