"""What a class handed in: from a folder, a download or a zip to one row per attempt.

- ``models``: a student, and one file that they handed in
- ``names``: names and ids that strangers chose, tidied and made comparable
- ``numbers``: numbers as people, schools' systems and spreadsheet programs write them
- ``archives``: listing and reading folders and zips that nobody vouches for
- ``filename_parsing``: whose a file is by its name, as Moodle, Canvas and Gradescope give names
- ``roster``: who is in the class, and which of them a file belongs to
- ``collect``: from what was handed in to one row per attempt
"""
