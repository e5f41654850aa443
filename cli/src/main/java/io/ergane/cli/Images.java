package io.ergane.cli;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.admin.AdminServer;
import java.io.IOException;
import java.util.Map;

/** Where the images of a process come from. */
interface Images {
  /**
   * Starts to put images into force. Of files, the first one is in force when this returns, unless
   * it is not awaited.
   *
   * @param parts takes over what has to be closed
   * @return pages of the admin port that tell of the source, by path
   * @throws UserError for what the user can put right
   */
  Map<String, AdminServer.Page> feed(Dataplane dataplane, Instruments instruments, Parts parts)
      throws IOException;
}
