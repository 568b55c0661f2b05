"""HL7 version 2 messages (2.3 to 2.8) to patients, care relations, results and documents.

The path of a file: `framing` cuts it into messages, `charset` decodes each as it declares itself, `message` gives
typed access, `reader` puts together what all the messages of the file say.
"""
